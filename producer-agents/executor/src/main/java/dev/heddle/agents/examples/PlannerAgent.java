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
import dev.heddle.agents.ToolFailure;
import dev.heddle.agents.ToolResult;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An agent that plans a small project. It thinks, computes effort and dates with its registered tools
 * {@link Calculator} and {@link WorkingDays}, keeps the plan in the run's state, and sums the plan up. It shows steps,
 * reasoning, tool calls and their results, a state snapshot, and JSON Patch deltas.
 *
 * <p>{@code forwardedProps}: {@code intervalMs} is the pause between pieces in milliseconds (20 if absent, at most
 * 1000); {@code start} is an ISO date (today in UTC if absent).
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
    public void run(RunContext context, RunEmitter out) throws InterruptedException, ToolFailure {
        Pace pace = new Pace(context);
        String goal = context.input().lastUserText().strip();
        LocalDate day = firstDay(context);

        think(out, pace, "I split the goal into " + TASKS.size() + " tasks, work out each effort, then the dates.");
        out.stateSnapshot(emptyPlan(goal));
        Step planning = out.step("plan");
        for (Task task : TASKS) {
            ObjectNode sum = JSON.objectNode().put("expression", task.hours());
            String hours = resultOf(context.tools().call(Calculator.TOOL, sum));
            pace.pause();
            int days = (int) Math.ceil(Double.parseDouble(hours) / 8);
            ObjectNode span = JSON.objectNode().put("from", day.toString()).put("workingDays", days);
            String due = resultOf(context.tools().call(WorkingDays.TOOL, span));
            pace.pause();
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

    /** The tool's result; the plan cannot go on without it. */
    private static String resultOf(ToolResult result) throws ToolFailure {
        if (result.isError()) {
            throw new ToolFailure(result.content());
        }
        return result.content();
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
