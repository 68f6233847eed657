package dev.heddle.executor;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.LogLimit;
import dev.heddle.topic.PartitionReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of AG-UI threads in the log. Requests for one partition that come while it is being read wait and then
 * share one pass, so that a thousand requests cost two passes and not a thousand. Safe on any thread.
 */
final class ThreadReader {

    private static final Logger log = LoggerFactory.getLogger(ThreadReader.class);

    private final LogLimit logged = LogLimit.ofReader();
    private final HistoryReaders readers;
    private final Executor now;
    private final Executor later;
    private final Supplier<ThreadFold> folds;
    private final Map<Pass, List<Question>> waiting = new HashMap<>();
    private final Map<Pass, List<Question>> reading = new HashMap<>();

    /** The part of the log that a request reads. */
    enum Reach {
        /** The whole log from its beginning. */
        ALL,
        /** The newest {@link #NEWEST} records: enough where a miss only repeats a message. */
        NEWEST
    }

    private static final long NEWEST = 100_000;

    private record Pass(int partition, Reach reach) {}

    private record Question(
            ThreadKey thread, String exceptRun, ThreadFold fold, CompletableFuture<ThreadFold> answer) {}

    /**
     * @param now runs what it is given on a thread that may block
     * @param later the same after a pause
     * @param folds makes the fold of a thread of which nothing is known yet
     */
    ThreadReader(HistoryReaders readers, Executor now, Executor later, Supplier<ThreadFold> folds) {
        this.readers = readers;
        this.now = now;
        this.later = later;
        this.folds = folds;
    }

    /**
     * Folds the thread's events in the log, except those of one run. Waits while Kafka is away; fails if the log cannot
     * be read for another reason.
     *
     * @param exceptRun the id of the run that is to begin or to go on
     */
    CompletionStage<ThreadFold> read(int partition, ThreadKey thread, String exceptRun, Reach reach) {
        Question question = new Question(thread, exceptRun, folds.get(), new CompletableFuture<>());
        Pass pass = new Pass(partition, reach);
        synchronized (this) {
            waiting.computeIfAbsent(pass, key -> new ArrayList<>()).add(question);
        }
        now.execute(() -> begin(pass));
        return question.answer;
    }

    private void begin(Pass pass) {
        List<Question> questions;
        synchronized (this) {
            if (reading.containsKey(pass)) {
                return;
            }
            questions = waiting.remove(pass);
            if (questions == null) {
                return;
            }
            reading.put(pass, questions);
        }
        try {
            scan(pass, questions);
        } catch (KafkaException e) {
            logged.permit().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("partition", pass.partition())
                    .addKeyValue("error", e.getClass().getName())
                    .addKeyValue("suppressed", suppressed)
                    .log("The log could not be read for a thread; trying again"));
            again(pass, questions);
            return;
        } catch (RuntimeException | Error bug) {
            // These requests fail; a new pass serves the partition's next ones.
            log.atError()
                    .setCause(bug)
                    .addKeyValue("partition", pass.partition())
                    .log("The log could not be read for a thread");
            release(pass);
            questions.forEach(question -> question.answer.completeExceptionally(bug));
            begin(pass);
            return;
        }
        release(pass);
        questions.forEach(question -> question.answer.complete(question.fold));
        begin(pass);
    }

    private synchronized void release(Pass pass) {
        reading.remove(pass);
    }

    private void again(Pass pass, List<Question> questions) {
        synchronized (this) {
            reading.remove(pass);
            List<Question> fresh = waiting.computeIfAbsent(pass, key -> new ArrayList<>());
            questions.forEach(question ->
                    fresh.add(new Question(question.thread, question.exceptRun, folds.get(), question.answer)));
        }
        later.execute(() -> begin(pass));
    }

    private void scan(Pass pass, List<Question> questions) {
        Map<UserKey, List<Question>> byUser = new HashMap<>();
        questions.forEach(question -> byUser.computeIfAbsent(question.thread.user(), key -> new ArrayList<>())
                .add(question));
        try (PartitionReader reader = readers.open(Topics.AGENT_EVENTS, pass.partition())) {
            long end = reader.end();
            long beginning = reader.beginning();
            long from = pass.reach() == Reach.ALL ? beginning : Math.max(beginning, end - NEWEST);
            reader.read(from, end, record -> answer(record, byUser));
        }
    }

    private static void answer(ConsumerRecord<byte[], byte[]> record, Map<UserKey, List<Question>> byUser) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        try {
            UserKey user = UserKey.fromUtf8(record.key());
            List<Question> theirs = byUser.get(user);
            if (theirs == null) {
                return;
            }
            EventItem item = EventItem.of(user, record.value());
            for (Question question : theirs) {
                if (question.thread.threadId().equals(item.threadId()) && !question.exceptRun.equals(item.runId())) {
                    question.fold.accept(item);
                }
            }
        } catch (InvalidEventException skipped) {
            return; // edges count and report it
        }
    }
}
