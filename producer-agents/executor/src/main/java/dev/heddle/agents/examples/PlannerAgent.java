package dev.heddle.agents.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Agent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.Step;
import dev.heddle.agents.TextStream;
import dev.heddle.agents.ToolCall;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plans a small project: thinks, computes the effort and the dates with real tools, keeps the plan in the run's state,
 * and sums it up. Shows steps, reasoning, tool calls whose arguments are streamed, results, a state snapshot, and JSON
 * Patch deltas.
 *
 * <p>{@code forwardedProps}: {@code intervalMs} between pieces (20 if absent, at most 1000), {@code start} an ISO date
 * (today in UTC if absent).
 */
public final class PlannerAgent implements Agent {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final Pattern WORD = Pattern.compile(" *[^ ]+");

    private record Task(String title, String hours) {}

    private static final List<Task> TASKS = List.of(
            new Task("Understand the goal", "2 * 3"),
            new Task("Build the first version", "(4 + 4) * 2.5"),
            new Task("Try it with people", "12 / 2 + 2"));

    @Override
    public void run(RunContext context, RunEmitter out) throws InterruptedException {
        Pace pace = new Pace(context);
        String goal = context.input().lastUserText().strip();
        LocalDate day = firstDay(context);

        think(out, pace, "I split the goal into " + TASKS.size() + " tasks, work out each effort, then the dates.");
        out.stateSnapshot(emptyPlan(goal));
        Step planning = out.step("plan");
        for (Task task : TASKS) {
            ObjectNode sum = JSON.objectNode().put("expression", task.hours());
            String hours = call(out, pace, new Request("calculator", sum));
            int days = (int) Math.ceil(Double.parseDouble(hours) / 8);
            ObjectNode span = JSON.objectNode().put("from", day.toString()).put("workingDays", days);
            String due = call(out, pace, new Request("calendar", span));
            out.stateDelta(taskAdded(task, hours, due));
            day = LocalDate.parse(due);
        }
        planning.close();
        Step summary = out.step("summary");
        out.stateDelta(patch("replace", "/status", JSON.textNode("done")));
        try (TextStream message = out.message()) {
            stream(message, pace, "The plan has " + TASKS.size() + " tasks and ends on " + day + ".");
        }
        summary.close();
        out.finish(JSON.objectNode().put("tasks", TASKS.size()).put("due", day.toString()));
    }

    private record Request(String tool, ObjectNode arguments) {}

    /** Calls a tool: the arguments as a model would stream them, then what the tool really says. */
    private static String call(RunEmitter out, Pace pace, Request request) throws InterruptedException {
        ToolCall call = out.toolCall(request.tool());
        String arguments = request.arguments().toString();
        for (int at = 0; at < arguments.length(); at += 12) {
            call.arguments(arguments.substring(at, Math.min(arguments.length(), at + 12)));
            pace.pause();
        }
        call.end();
        String result = request.tool().equals("calculator")
                ? Calculator.evaluate(request.arguments().path("expression").asText())
                : WorkingDays.after(
                                LocalDate.parse(request.arguments().path("from").asText()),
                                request.arguments().path("workingDays").asInt())
                        .toString();
        call.result(result);
        return result;
    }

    private static void think(RunEmitter out, Pace pace, String thought) throws InterruptedException {
        try (TextStream reasoning = out.reasoning()) {
            stream(reasoning, pace, thought);
        }
    }

    private static void stream(TextStream stream, Pace pace, String text) throws InterruptedException {
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            stream.write(words.group());
            pace.pause();
        }
    }

    private static ObjectNode emptyPlan(String goal) {
        ObjectNode plan = JSON.objectNode().put("goal", goal).put("status", "planning");
        plan.putArray("tasks");
        return plan;
    }

    private static ArrayNode taskAdded(Task task, String hours, String due) {
        ObjectNode added =
                JSON.objectNode().put("title", task.title()).put("hours", hours).put("due", due);
        return patch("add", "/tasks/-", added);
    }

    private static ArrayNode patch(String operation, String path, JsonNode value) {
        ArrayNode patch = JSON.arrayNode();
        patch.addObject().put("op", operation).put("path", path).set("value", value);
        return patch;
    }

    private static LocalDate firstDay(RunContext context) {
        String start = context.input().forwardedProps().path("start").asText();
        if (start.matches("\\d{4}-\\d{2}-\\d{2}")) {
            return LocalDate.parse(start);
        }
        return context.cancellation().now().atZone(ZoneOffset.UTC).toLocalDate();
    }

    /** The pause between two pieces. */
    private static final class Pace {
        private final RunContext context;
        private final Duration between;

        private Pace(RunContext context) {
            this.context = context;
            int asked = context.input().forwardedProps().path("intervalMs").asInt(20);
            this.between = Duration.ofMillis(Math.max(0, Math.min(1_000, asked)));
        }

        private void pause() throws InterruptedException {
            context.cancellation().pause(between);
        }
    }
}
