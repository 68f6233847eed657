package dev.heddle.ingest;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into one partition: batches wait in a queue, and one thread at a time appends what is waiting.
 *
 * <p>Before it appends, the lane holds the right to write, and its ledger knows what the log says of the batch's run. If
 * another node takes the right away meanwhile, Kafka refuses the rest; the lane takes it back, reads what was added, and
 * decides anew. So what is decided here is decided by the log, and each {@code runSeq} is appended once.
 */
final class Lane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** Another node can take the right away again and again; a sender can wait only so long. */
    private static final int TAKES = 4;

    private final IngestConfig config;
    private final int partition;
    private final IngestMetrics metrics;
    private final Executor threads;

    /** Guarded by itself, as the two fields after it. */
    private final Deque<Waiting> queue = new ArrayDeque<>();

    private final Set<Batch.RunKey> underWay = new HashSet<>();
    private boolean working;

    /** What follows belongs to the working thread. */
    private final Ledger ledger;

    private @Nullable FencedWriter writer;

    /** A batch and whoever waits for its answer. */
    private record Waiting(Batch batch, long since, CompletableFuture<Answer> answer) {}

    /** What is the same for all lanes. */
    record Surroundings(IngestMetrics metrics, InstantSource clock, Executor threads) {}

    Lane(IngestConfig config, int partition, Surroundings surroundings) {
        this.config = config;
        this.partition = partition;
        this.metrics = surroundings.metrics();
        this.threads = surroundings.threads();
        this.ledger = new Ledger(config, partition, surroundings.clock());
    }

    /** Appends the batch, or says why not. Returns at once. */
    CompletionStage<Answer> append(Batch batch) {
        Waiting waiting = new Waiting(batch, System.nanoTime(), new CompletableFuture<>());
        synchronized (queue) {
            if (!underWay.add(batch.address().run())) {
                return CompletableFuture.completedFuture(Answer.Refused.of(
                        Answer.Reason.CONFLICT, "another batch of this run is being appended: one sender a run"));
            }
            queue.add(waiting);
            if (working) {
                return waiting.answer();
            }
            working = true;
        }
        threads.execute(this::work);
        return waiting.answer();
    }

    private void work() {
        for (List<Waiting> group = next(); !group.isEmpty(); group = next()) {
            try {
                appendAll(group);
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).addKeyValue("partition", partition).log("a batch could not be appended");
                letGo();
                group.forEach(waiting -> answer(waiting, unavailable()));
            }
        }
    }

    /** All that waits; with nothing there, the lane is idle when this returns. */
    private List<Waiting> next() {
        synchronized (queue) {
            List<Waiting> group = new ArrayList<>(queue);
            queue.clear();
            working = !group.isEmpty();
            return group;
        }
    }

    private void appendAll(List<Waiting> group) {
        List<Waiting> left = group;
        for (int take = 0; take < TAKES && !left.isEmpty(); take++) {
            try {
                left = attempt(left);
            } catch (KafkaException e) {
                letGo();
                if (!isFenced(e)) {
                    LOG.atWarn()
                            .addKeyValue("partition", partition)
                            .addKeyValue("failure", e.getClass().getName())
                            .log("Kafka did not take a batch");
                    break;
                }
                metrics.fenced();
            }
        }
        left.forEach(waiting -> answer(waiting, unavailable()));
    }

    /** Tries each batch once; gives those whose events Kafka refused since another node has taken the right to write. */
    private List<Waiting> attempt(List<Waiting> group) {
        FencedWriter held = hold();
        List<Sending> sendings = new ArrayList<>();
        for (Waiting waiting : group) {
            if (System.nanoTime() - waiting.since()
                    > config.http().answerWithin().toNanos()) {
                answer(waiting, unavailable());
                continue;
            }
            Ledger.Decision decision = ledger.decide(waiting.batch());
            if (decision.refused() != null) {
                answer(waiting, decision.refused());
            } else {
                sendings.add(new Sending(waiting, decision.missing(), new ArrayList<>()));
            }
        }
        boolean sent = sendings.stream().anyMatch(sending -> !sending.missing().isEmpty());
        if (sent) {
            send(held, sendings);
        }
        List<Waiting> again = new ArrayList<>();
        KafkaException failure = null;
        for (Sending sending : sendings) {
            try {
                answer(sending.waiting(), acknowledged(sending));
            } catch (KafkaException e) {
                failure = e;
                again.add(sending.waiting());
            }
        }
        if (failure == null) {
            if (sent) {
                settle(held);
            }
            return List.of();
        }
        letGo();
        if (!isFenced(failure)) {
            again.forEach(waiting -> answer(waiting, unavailable()));
            return List.of();
        }
        metrics.fenced();
        return again;
    }

    /** What of a batch is appended now, and what Kafka says to each event of it. */
    private record Sending(Waiting waiting, List<Batch.Item> missing, List<Future<RecordMetadata>> acknowledgements) {}

    private void send(FencedWriter held, List<Sending> sendings) {
        held.begin();
        for (Sending sending : sendings) {
            byte[] key = sending.waiting().batch().address().user().utf8();
            for (Batch.Item item : sending.missing()) {
                sending.acknowledgements().add(held.append(key, item.value()));
            }
        }
        held.flush();
    }

    private Answer acknowledged(Sending sending) {
        Batch batch = sending.waiting().batch();
        for (int i = 0; i < sending.missing().size(); i++) {
            ledger.appended(
                    batch,
                    sending.missing().get(i),
                    offset(sending.acknowledgements().get(i)));
        }
        metrics.accepted(sending.missing().size(), batch.items().size());
        return new Answer.Accepted(batch.items().size(), ledger.end(batch));
    }

    private static long offset(Future<RecordMetadata> acknowledgement) {
        try {
            return acknowledgement.get().offset();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    /** After the answers: nobody waits for a commit. */
    private void settle(FencedWriter held) {
        try {
            held.commit();
        } catch (KafkaException e) {
            // What was answered is in the log; whoever has the right now, or this node when it takes it again, goes on
            // from there.
            letGo();
            metrics.fenced();
        }
    }

    /** Makes sure that this node may write, and that the ledger knows what others have written before. */
    private FencedWriter hold() {
        FencedWriter held = writer;
        if (held == null) {
            held = FencedWriter.take(config.kafka(), partition, config);
            writer = held;
            ledger.catchUp();
            metrics.taken();
        }
        return held;
    }

    private void letGo() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    private void answer(Waiting waiting, Answer answer) {
        synchronized (queue) {
            underWay.remove(waiting.batch().address().run());
        }
        waiting.answer().complete(answer);
    }

    private static Answer unavailable() {
        return Answer.Refused.of(
                Answer.Reason.UNAVAILABLE, "the log did not take the batch in time: send the same batch again");
    }

    private static boolean isFenced(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ProducerFencedException || at instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    /** Lets go of Kafka, once nothing is appended any more. */
    @Override
    public void close() {
        letGo();
        ledger.close();
    }
}
