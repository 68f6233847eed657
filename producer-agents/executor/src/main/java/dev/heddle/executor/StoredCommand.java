package dev.heddle.executor;

import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunStart;
import org.jspecify.annotations.Nullable;

/**
 * A command that has been decoded once, kept in its stored form: the JSON of an input may take forty times as much
 * memory when it is decoded, and a command may wait for an hour.
 */
final class StoredCommand {

    private final CommandHeader header;
    private final Type type;
    private final @Nullable String agentId;
    private final byte[] value;

    /** The kind of command. */
    enum Type {
        START,
        RESUME,
        CANCEL
    }

    private StoredCommand(AgentCommand command, byte[] value) {
        this.header = command.header();
        this.agentId = command instanceof RunStart start ? start.agentId() : null;
        this.type = agentId != null ? Type.START : command instanceof RunCancel ? Type.CANCEL : Type.RESUME;
        this.value = value;
    }

    /** @param value the record's value, which {@code command} was decoded from; not to be changed any more */
    static StoredCommand of(AgentCommand command, byte[] value) {
        return new StoredCommand(command, value);
    }

    CommandHeader header() {
        return header;
    }

    Type type() {
        return type;
    }

    /** The agent that is to begin a run; null unless the type is {@code START}. */
    @Nullable
    String agentId() {
        return agentId;
    }

    /** The bytes of its stored form. */
    int size() {
        return value.length;
    }

    AgentCommand decode() {
        return CommandCodec.decode(header.user(), value);
    }
}
