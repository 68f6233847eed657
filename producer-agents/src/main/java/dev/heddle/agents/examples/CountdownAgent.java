package dev.heddle.agents.examples;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.agents.Agent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import java.time.Duration;

/**
 * Counts down in one message, one number a delta, at an even pace. Shows how an agent reads its parameters, refuses
 * bad ones, and waits in a way that a cancel ends at once.
 *
 * <p>{@code forwardedProps}: {@code count} 1 to 100000 (10 if absent), {@code intervalMs} 0 to 60000 (100 if absent).
 */
public final class CountdownAgent implements Agent {

    private static final int MOST = 100_000;
    private static final int SLOWEST_MS = 60_000;

    @Override
    public void run(RunContext context, RunEmitter out) throws InterruptedException {
        JsonNode count = context.input().forwardedProps().path("count");
        JsonNode interval = context.input().forwardedProps().path("intervalMs");
        if (isOutside(count, 1, MOST) || isOutside(interval, 0, SLOWEST_MS)) {
            out.fail("invalid_input", "count must be 1 to " + MOST + " and intervalMs 0 to " + SLOWEST_MS + ".");
            return;
        }
        Duration pace = Duration.ofMillis(interval.asInt(100));
        try (TextStream message = out.message()) {
            for (int left = count.asInt(10); left > 0; left--) {
                message.write(left + " ");
                context.cancellation().pause(pace);
            }
        }
    }

    /** An absent parameter is fine: it has a default. */
    private static boolean isOutside(JsonNode value, int least, int most) {
        return !value.isMissingNode()
                && !(value.canConvertToInt()
                        && value.isIntegralNumber()
                        && value.intValue() >= least
                        && value.intValue() <= most);
    }
}
