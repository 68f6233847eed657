package dev.heddle.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The stored form of a command: Avro single-object encoding of {@code AgentCommand.avsc}. Stateless. */
public final class CommandCodec {
    static final SingleObject SCHEMAS = SingleObject.load("AgentCommand", 1);

    private static final String START = "run.start";
    private static final String RESUME = "run.resume";
    private static final String CANCEL = "run.cancel";

    private CommandCodec() {}

    /**
     * Encodes a command to its stored form.
     *
     * @throws InvalidEventException if input or resume hold what is not JSON
     */
    public static byte[] encode(AgentCommand command) {
        CommandHeader header = command.header();
        AvroWriter out = SCHEMAS.begin(256);
        out.text(header.id());
        out.utf8(header.user().utf8());
        out.text(typeOf(command));
        out.text(header.threadId());
        out.text(header.runId());
        out.number(header.issuedAt().toEpochMilli());
        out.optionalText(command instanceof RunStart start ? start.agentId() : null);
        out.optionalText(command instanceof RunStart start ? Json.text(start.input()) : null);
        out.optionalText(command instanceof RunResume resume ? Json.text(resume.resume()) : null);
        return out.toArray();
    }

    /** The command's type in the contract: {@code run.start}, {@code run.resume} or {@code run.cancel}. */
    public static String typeOf(AgentCommand command) {
        if (command instanceof RunStart) {
            return START;
        }
        return command instanceof RunResume ? RESUME : CANCEL;
    }

    /**
     * Reads the stored form.
     *
     * @throws InvalidEventException if the record cannot be read, is of an unknown type, or is not this user's
     */
    public static AgentCommand decode(UserKey recordKey, byte[] value) {
        AvroReader in = SCHEMAS.open(value);
        String id = in.readText();
        in.readString();
        if (!recordKey.hasBytes(in.bytes, in.from, in.to)) {
            throw new InvalidEventException("the record's key is not the user key of its command");
        }
        String type = in.readText();
        String threadId = in.readText();
        String runId = in.readText();
        Instant issuedAt = Instant.ofEpochMilli(in.readLong());
        String agentId = in.readOptionalText();
        String input = in.readOptionalText();
        String resume = in.readOptionalText();
        in.expectEnd();
        CommandHeader header = new CommandHeader(id, recordKey, threadId, runId, issuedAt);
        return switch (type) {
            case START -> new RunStart(header, needed("agentId", agentId), Json.parseObject(needed("input", input)));
            case RESUME -> new RunResume(header, Json.parseArray(needed("resume", resume)));
            case CANCEL -> new RunCancel(header);
            default -> throw new InvalidEventException("unknown command type " + type);
        };
    }

    private static String needed(String field, @Nullable String value) {
        if (value == null) {
            throw new InvalidEventException("command without " + field);
        }
        return value;
    }
}
