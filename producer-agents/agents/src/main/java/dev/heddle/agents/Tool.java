package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A tool that an agent may call: its name, the JSON schema (2020-12) of its arguments, and its work. Registered with an
 * {@link AgentSpec}, made once, and used by many runs at once: the data of a run comes with the call.
 */
public final class Tool {

    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final int MOST_PROBLEMS = 5;

    private final String name;
    private final JsonSchema schema;
    private final Body body;
    private final Repeat repeat;
    private final Optional<Duration> timeout;

    /** The work of a tool. */
    @FunctionalInterface
    public interface Body {
        /**
         * Does the work of one call. Called on a thread of the tool's own, which is interrupted when the run is
         * cancelled or the call takes too long.
         *
         * @return the result as the model and the user will read it
         * @throws ToolFailure to report a failure in words that the model and the user may read
         * @throws Exception anything else is told only as "the tool failed"
         */
        String call(Call call) throws Exception;
    }

    /**
     * One call of a tool.
     *
     * @param context whose run it is
     * @param toolCallId the idempotency key: the same when a call is made again after a takeover
     * @param arguments as the schema demands; the call's own
     */
    public record Call(RunContext context, String toolCallId, ObjectNode arguments) {}

    /** The rule for a second call when it is unknown if the first one took effect. */
    public enum Repeat {
        /** A call may have an effect: without a recorded result it ends in an error result. */
        NEVER,
        /** Calling twice with the same idempotency key is the same as calling once. */
        SAFE
    }

    private Tool(String name, JsonSchema schema, Body body, Repeat repeat, Optional<Duration> timeout) {
        this.name = name;
        this.schema = schema;
        this.body = body;
        this.repeat = repeat;
        this.timeout = timeout;
    }

    /**
     * A tool that is not repeated, and has the executor's time-out.
     *
     * @param parameters the JSON schema of the arguments
     */
    public static Tool of(String name, ObjectNode parameters, Body body) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a tool needs a name");
        }
        JsonSchema schema = SCHEMAS.getSchema(parameters.deepCopy());
        schema.initializeValidators();
        return new Tool(name, schema, body, Repeat.NEVER, Optional.empty());
    }

    public Tool repeatable() {
        return new Tool(name, schema, body, Repeat.SAFE, timeout);
    }

    /** This tool with a time-out of its own instead of {@code tools.timeout}. */
    public Tool within(Duration time) {
        return new Tool(name, schema, body, repeat, Optional.of(time));
    }

    public String name() {
        return name;
    }

    public Repeat repeat() {
        return repeat;
    }

    Optional<Duration> timeout() {
        return timeout;
    }

    String call(Call call) throws Exception {
        return body.call(call);
    }

    /** The faults of these arguments, a few lines at most; empty if there are none. */
    List<String> problems(ObjectNode arguments) {
        return schema.validate(arguments).stream()
                .map(ValidationMessage::getMessage)
                .limit(MOST_PROBLEMS)
                .toList();
    }
}
