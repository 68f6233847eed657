package dev.heddle.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The stored form of an executor's status: Avro single-object encoding of {@code ExecutorStatus.avsc}. Stateless. */
public final class ExecutorStatusCodec {
    static final SingleObject SCHEMAS = SingleObject.load("ExecutorStatus", 1);

    private static final long LONGEST_MILLIS = Duration.ofDays(365).toMillis();

    private ExecutorStatusCodec() {}

    /** Encodes a status to its stored form. */
    public static byte[] encode(ExecutorStatus status) {
        AvroWriter out = SCHEMAS.begin(256);
        out.text(status.executorId());
        out.number(status.at().toEpochMilli());
        out.number(status.every().toMillis());
        if (!status.agents().isEmpty()) {
            out.number(status.agents().size());
            for (AgentOffer offer : status.agents()) {
                out.text(offer.agentId());
                out.text(offer.status().wire());
                out.optionalText(offer.description());
                out.number(offer.running());
            }
        }
        out.number(0);
        return out.toArray();
    }

    /**
     * Reads the stored form.
     *
     * @throws InvalidEventException if the record cannot be read
     */
    public static ExecutorStatus decode(byte[] value) {
        AvroReader in = SCHEMAS.open(value);
        String executorId = in.readText();
        Instant at = Instant.ofEpochMilli(in.readLong());
        long everyMillis = in.readLong();
        if (everyMillis > LONGEST_MILLIS) {
            throw new InvalidEventException("every is longer than a year");
        }
        List<AgentOffer> agents = new ArrayList<>();
        for (int left = in.readBlock(); left > 0; left = in.readBlock()) {
            for (int i = 0; i < left; i++) {
                String agentId = in.readText();
                Availability status = Availability.ofWire(in.readText());
                String description = in.readOptionalText();
                agents.add(new AgentOffer(agentId, status, description, in.readInt()));
            }
        }
        in.expectEnd();
        return new ExecutorStatus(executorId, at, Duration.ofMillis(everyMillis), agents);
    }
}
