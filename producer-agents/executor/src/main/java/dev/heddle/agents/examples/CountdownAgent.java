package dev.heddle.agents.examples;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.ResumableAgent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import java.time.Duration;

/**
 * An agent that counts down in one message, one number a delta, at an even pace. Shows how an agent reads its
 * parameters, refuses bad ones, waits in a way that a cancel ends at once, and goes on from the log when its process
 * has died.
 *
 * <p>{@code forwardedProps}: {@code count} 1 to 100000 (10 if absent), {@code intervalMs} 0 to 60000 (100 if absent).
 */
public final class CountdownAgent implements ResumableAgent {

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
        count(context, out.message(), count.asInt(10));
    }

    /** Goes on with the number after the last one in the log. */
    @Override
    public void resume(RunContext context, RecordedRun recorded, RunEmitter out) throws InterruptedException {
        if (recorded.texts().isEmpty()) {
            run(context, out);
            return;
        }
        String text = String.join("", recorded.texts().values()).strip();
        int left = text.isEmpty()
                ? context.input().forwardedProps().path("count").asInt(10)
                : Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1)) - 1;
        String open = recorded.openMessage().orElse(null);
        if (open != null) {
            count(context, out.continueMessage(open), left);
        }
    }

    private static void count(RunContext context, TextStream into, int from) throws InterruptedException {
        Duration pace = Duration.ofMillis(
                context.input().forwardedProps().path("intervalMs").asInt(100));
        try (TextStream message = into) {
            for (int left = from; left > 0; left--) {
                message.write(left + " ");
                context.cancellation().pause(pace);
            }
        }
    }

    /** True if the value is present and no integer from least to most; an absent parameter has a default. */
    private static boolean isOutside(JsonNode value, int least, int most) {
        return !value.isMissingNode()
                && !(value.canConvertToInt()
                        && value.isIntegralNumber()
                        && value.intValue() >= least
                        && value.intValue() <= most);
    }
}
