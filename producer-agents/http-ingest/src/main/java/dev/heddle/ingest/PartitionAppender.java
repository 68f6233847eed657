package dev.heddle.ingest;

import dev.heddle.topic.FencedProducer;
import dev.heddle.topic.RecordLimit;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The appender to one partition: batches wait in a queue, and one thread at a time appends them, a group at a time.
 *
 * <p>Before it appends, the appender holds the partition's fence, and its lookup knows the batch's run as the log has
 * it. If another node takes the fence meanwhile, Kafka refuses the rest; the appender takes it back, reads the added
 * records, and decides anew. Every decision thus rests on the log, and each {@code runSeq} is appended once.
 *
 * <p>A batch of a run that must be looked up first waits beside the queue: between two groups the lookup takes one step
 * of the searches. An event that Kafka refuses for itself ends its own batch and no other.
 */
final class PartitionAppender implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PartitionAppender.class);

    /**
     * The most takes of the fence for one group: another node can take it again and again, but a sender waits only so
     * long.
     */
    private static final int TAKES = 4;

    private final IngestConfig config;
    private final int partition;
    private final IngestMetrics metrics;
    private final Executor threads;
    private final RecordLimit limit;
    private final BatchQueue queue;

    /** This and the fields below belong to the working thread. */
    private final RunLookup lookup;

    /** Batches whose runs are being looked up. */
    private final Map<Batch.RunKey, QueuedBatch> searching = new LinkedHashMap<>();

    private @Nullable ChunkedWriter writer;

    /**
     * The appender of one partition.
     *
     * @param threads where it works, one thread at a time
     * @param limit of the topic, closed by its owner
     */
    PartitionAppender(
            IngestConfig config,
            int partition,
            IngestMetrics metrics,
            InstantSource clock,
            Executor threads,
            RecordLimit limit) {
        this.config = config;
        this.partition = partition;
        this.metrics = metrics;
        this.threads = threads;
        this.limit = limit;
        this.queue = new BatchQueue(config.waiting());
        this.lookup = new RunLookup(config, partition, clock, metrics);
    }

    /** Appends the batch, or refuses it. Returns at once; the answer comes within {@code http.answerWithin}. */
    CompletionStage<IngestResponse> append(Batch batch) {
        BatchQueue.Offer offer = queue.offer(batch);
        if (!(offer instanceof BatchQueue.Offer.Waits waits)) {
            return CompletableFuture.completedFuture(((BatchQueue.Offer.Refused) offer).answer());
        }
        CompletionStage<IngestResponse> answer =
                waits.batch().await(config.http().answerWithin());
        if (queue.begin()) {
            try {
                threads.execute(this::work);
            } catch (RejectedExecutionException e) {
                // The node stops; nothing has been begun.
                for (List<QueuedBatch> left = queue.next(); !left.isEmpty(); left = queue.next()) {
                    left.forEach(this::giveUp);
                }
                queue.stop();
            }
        }
        return answer;
    }

    private void work() {
        while (true) {
            List<QueuedBatch> group = queue.next();
            if (group.isEmpty() && searching.isEmpty()) {
                if (queue.stop()) {
                    return;
                }
                continue;
            }
            List<QueuedBatch> all = new ArrayList<>(searching.values());
            all.addAll(group);
            try {
                appendAll(all);
                lookup.search(searching.keySet());
                lookup.trim();
            } catch (Throwable e) {
                // Caught whatever it is: the next group must not wait for a thread that has ended.
                log.atWarn().setCause(e).addKeyValue("partition", partition).log("A batch could not be appended");
                letGo();
                all.forEach(this::giveUp);
            }
        }
    }

    /**
     * Appends the batches together; if Kafka refuses an event, again one by one, which shows the batch that it belongs
     * to.
     */
    private void appendAll(List<QueuedBatch> group) {
        try {
            append(group);
        } catch (EventRefusedException e) {
            letGo();
            for (QueuedBatch waiting : group) {
                appendAlone(waiting);
            }
        }
    }

    private void appendAlone(QueuedBatch waiting) {
        try {
            append(List.of(waiting));
        } catch (EventRefusedException e) {
            letGo();
            answer(waiting, e.answer());
        }
    }

    private void append(List<QueuedBatch> group) {
        List<QueuedBatch> left = group;
        for (int take = 0; take < TAKES && !left.isEmpty(); take++) {
            try {
                left = attempt(left);
            } catch (KafkaException e) {
                letGo();
                if (!FencedProducer.isFenced(e)) {
                    log.atWarn()
                            .addKeyValue("partition", partition)
                            .addKeyValue("error", e.getClass().getName())
                            .log("Kafka did not take a batch");
                    break;
                }
                metrics.fenced();
            }
        }
        left.forEach(this::giveUp);
    }

    /** Tries each batch once; returns those to be tried again, since another node has taken the fence. */
    private List<QueuedBatch> attempt(List<QueuedBatch> group) {
        ChunkedWriter held = hold();
        List<InFlightBatch> allInFlight = new ArrayList<>();
        for (QueuedBatch waiting : group) {
            if (waiting.isLate()) {
                giveUp(waiting);
            } else if (!waiting.isAnswered()) {
                decide(waiting, allInFlight);
            }
        }
        if (allInFlight.stream().allMatch(inFlight -> inFlight.missing().isEmpty())) {
            allInFlight.forEach(this::acknowledge);
            return List.of();
        }
        send(held, allInFlight);
        List<QueuedBatch> again = new ArrayList<>();
        KafkaException failure = null;
        IngestResponse.Refused refusal = null;
        for (InFlightBatch inFlight : allInFlight) {
            KafkaException failed = inFlight.failure();
            if (failed == null) {
                acknowledge(inFlight);
            } else {
                failure = failure == null || FencedProducer.isFenced(failed) ? failed : failure;
                refusal = refusal == null ? inFlight.refusal() : refusal;
                again.add(inFlight.waiting());
            }
        }
        if (failure == null) {
            settle(held);
            return List.of();
        }
        if (refusal != null) {
            throw new EventRefusedException(refusal);
        }
        if (!FencedProducer.isFenced(failure)) {
            throw failure;
        }
        letGo();
        metrics.fenced();
        return again;
    }

    /** Kafka's refusal of an event that is itself to blame, which fails the events beside it, too. */
    private static final class EventRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient IngestResponse.Refused answer;

        EventRefusedException(IngestResponse.Refused answer) {
            super(answer.message());
            this.answer = answer;
        }

        /** The answer to the batch, if it was sent alone. */
        IngestResponse.Refused answer() {
            return answer;
        }
    }

    private void decide(QueuedBatch waiting, List<InFlightBatch> allInFlight) {
        Batch batch = waiting.batch();
        RunLookup.Decision decision = lookup.decide(batch);
        if (decision instanceof RunLookup.Decision.Unknown) {
            if (searching.put(batch.address().run(), waiting) == null) {
                metrics.searched();
            }
            return;
        }
        searching.remove(batch.address().run());
        if (decision instanceof RunLookup.Decision.Refuse refuse) {
            answer(waiting, refuse.answer());
        } else if (decision instanceof RunLookup.Decision.Append append) {
            IngestResponse.Refused tooLarge = tooLarge(batch, append.missing());
            if (tooLarge == null) {
                allInFlight.add(new InFlightBatch(waiting, append.missing(), new ArrayList<>()));
            } else {
                answer(waiting, tooLarge);
            }
        }
    }

    /** The refusal of a batch with an event that Kafka would refuse together with the events beside it, else null. */
    private IngestResponse.@Nullable Refused tooLarge(Batch batch, List<Batch.Item> missing) {
        for (Batch.Item item : missing) {
            int size = item.value().length;
            int most = limit.most(size);
            if (size > most) {
                int index = (int) (item.runSeq() - batch.first());
                return new IngestResponse.Refused(
                        IngestResponse.Reason.TOO_LARGE,
                        "events[" + index + "]: the event has " + size + " bytes, and Kafka's topic takes " + most,
                        index);
            }
        }
        return null;
    }

    private static void send(ChunkedWriter held, List<InFlightBatch> allInFlight) {
        for (InFlightBatch inFlight : allInFlight) {
            byte[] key = inFlight.waiting().batch().address().user().utf8();
            for (Batch.Item item : inFlight.missing()) {
                inFlight.acknowledgements().add(held.append(key, item.value()));
            }
        }
        held.flush();
    }

    private void acknowledge(InFlightBatch inFlight) {
        Batch batch = inFlight.waiting().batch();
        for (int i = 0; i < inFlight.missing().size(); i++) {
            lookup.appended(batch, inFlight.missing().get(i), inFlight.offset(i));
        }
        metrics.accepted(inFlight.missing().size(), batch.items().size());
        answer(inFlight.waiting(), new IngestResponse.Accepted(batch.items().size(), lookup.end(batch)));
    }

    /** Commits after the answers, so that no sender waits for it. */
    private void settle(ChunkedWriter held) {
        try {
            held.commit();
        } catch (KafkaException e) {
            // Answered batches are in the log; the next holder of the fence, this node or another, goes on from there.
            letGo();
            metrics.fenced();
        }
    }

    /** Takes the fence if this node does not hold it, and then catches the lookup up with the log. */
    private ChunkedWriter hold() {
        ChunkedWriter held = writer;
        if (held == null) {
            held = ChunkedWriter.take(partition, config, limit);
            writer = held;
            lookup.catchUp();
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

    private void answer(QueuedBatch waiting, IngestResponse answer) {
        searching.remove(waiting.batch().address().run(), waiting);
        queue.done(waiting);
        waiting.answer(answer);
    }

    /** Answers the batch, and those that wait behind it, that they have to be sent again. */
    private void giveUp(QueuedBatch waiting) {
        searching.remove(waiting.batch().address().run(), waiting);
        queue.abandon(waiting).forEach(each -> each.answer(IngestResponse.UNAVAILABLE));
    }

    /** Closes the connections to Kafka, once nothing is appended any more. */
    @Override
    public void close() {
        letGo();
        lookup.close();
    }
}
