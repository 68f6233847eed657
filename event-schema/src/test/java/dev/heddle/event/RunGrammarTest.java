package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts are words: an event's short name, then ids and options, such as {@code call+ c1 parent=m1 by=s1}. */
class RunGrammarTest {
    private static final Map<String, String[]> WORDS = Map.ofEntries(
            Map.entry("run+", new String[] {"RUN_STARTED", "runId"}),
            Map.entry("run-", new String[] {"RUN_FINISHED", "runId"}),
            Map.entry("run!", new String[] {"RUN_ERROR", "message"}),
            Map.entry("msg+", new String[] {"TEXT_MESSAGE_START", "messageId"}),
            Map.entry("msg", new String[] {"TEXT_MESSAGE_CONTENT", "messageId"}),
            Map.entry("msg-", new String[] {"TEXT_MESSAGE_END", "messageId"}),
            Map.entry("chunk", new String[] {"TEXT_MESSAGE_CHUNK", "messageId"}),
            Map.entry("call+", new String[] {"TOOL_CALL_START", "toolCallId"}),
            Map.entry("call", new String[] {"TOOL_CALL_ARGS", "toolCallId"}),
            Map.entry("call-", new String[] {"TOOL_CALL_END", "toolCallId"}),
            Map.entry("result", new String[] {"TOOL_CALL_RESULT", "messageId"}),
            Map.entry("step+", new String[] {"STEP_STARTED", "stepName"}),
            Map.entry("step-", new String[] {"STEP_FINISHED", "stepName"}),
            Map.entry("why+", new String[] {"REASONING_START", "messageId"}),
            Map.entry("why-", new String[] {"REASONING_END", "messageId"}),
            Map.entry("whym+", new String[] {"REASONING_MESSAGE_START", "messageId"}),
            Map.entry("whym", new String[] {"REASONING_MESSAGE_CONTENT", "messageId"}),
            Map.entry("whym-", new String[] {"REASONING_MESSAGE_END", "messageId"}),
            Map.entry("sub+", new String[] {"SUBAGENT_STARTED", "subagentRunId"}),
            Map.entry("sub-", new String[] {"SUBAGENT_FINISHED", "subagentRunId"}),
            Map.entry("sub!", new String[] {"SUBAGENT_ERROR", "subagentRunId"}),
            Map.entry("act+", new String[] {"ACTIVITY_SNAPSHOT", "messageId"}),
            Map.entry("act", new String[] {"ACTIVITY_DELTA", "messageId"}),
            Map.entry("secret", new String[] {"REASONING_ENCRYPTED_VALUE", "entityId"}),
            Map.entry("state", new String[] {"STATE_SNAPSHOT", "x"}),
            Map.entry("new", new String[] {"FUTURE_EVENT", "x"}));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run+ r; run- r",
                "run! e",
                "run+ r; msg+ m; run! e",
                "run+ r; msg+ m; msg m; msg m; msg- m; run- r",
                "run+ r; msg+ m; msg- m; msg+ m; msg m; msg- m; run- r",
                "run+ r; msg+ m1; msg+ m2; msg m1; msg- m2; msg- m1; run- r",
                "run+ r; msg+ m; call+ m; call- m; msg- m; run- r",
                "run+ r; call+ c; result x; call c; call- c; result y; result y; run- r",
                "run+ r; result never-called; run- r",
                "run+ r; step+ s; step+ s by=a; step- s; step- s by=a; step+ s; step- s; run- r",
                "run+ r; why+ z; whym+ z; whym z; whym- z; why- z; run- r",
                "run+ r; whym+ z; why+ z; why- z; whym- z; run- r",
                "run+ r; sub+ a; sub+ b in=a; sub- a; sub! b; run- r",
                "run+ r; sub+ a; sub- a; sub+ b in=a; sub- b; run- r",
                "run+ r; sub+ a; msg+ m by=a; msg m; msg m by=a; msg- m; sub- a; run- r",
                "run+ r; msg+ m by=a; call+ c parent=m; call c by=a; call- c; msg- m; run- r",
                "run+ r; msg+ m by=a; msg- m; msg+ m; msg m by=a; msg- m by=a; run- r",
                "run+ r; act z; act+ a by=s; act a by=s; act a; act+ a by=t; act a by=t; run- r",
                "run+ r; act+ a by=s; act+ a by=t replace=false; act a by=s; run- r",
                "run+ r; state; new; new by=x; secret e; run- r",
            })
    void whatTheClientAcceptsIsAccepted(String script) {
        RunGrammar grammar = new RunGrammar();
        assertFalse(grammar.hasBegun());
        for (ObjectNode event : script(script)) {
            assertFalse(grammar.isOver());
            grammar.accept(event);
            assertTrue(grammar.hasBegun());
        }
        assertTrue(grammar.isOver());
        assertTrue(grammar.closing().isEmpty());
    }

    /** All but the last event are accepted; the last is not, and changes nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "msg+ m",
                "run- r",
                "new",
                "run+ r; run+ r",
                "run+ r; msg m",
                "run+ r; msg- m",
                "run+ r; msg+ m; msg+ m",
                "run+ r; msg+ m; msg- m; msg m",
                "run+ r; msg+ m; msg- m; msg- m",
                "run+ r; chunk m",
                "run+ r; call c",
                "run+ r; call- c",
                "run+ r; call+ c; call+ c",
                "run+ r; step- s",
                "run+ r; step+ s; step+ s",
                "run+ r; step+ s by=a; step- s",
                "run+ r; step+ s; step- s by=a",
                "run+ r; why+ z; why+ z",
                "run+ r; why+ z; whym z",
                "run+ r; whym+ z; why- z",
                "run+ r; why+ z; whym- z",
                "run+ r; sub- a",
                "run+ r; sub! a",
                "run+ r; sub+ a; sub+ a",
                "run+ r; sub+ a; sub- a; sub+ a",
                "run+ r; sub+ a; sub! a; sub+ a",
                "run+ r; sub+ a; sub- a; sub- a",
                "run+ r; sub+ b in=a",
                "run+ r; msg+ m; msg m by=a",
                "run+ r; msg+ m by=a; msg m by=b",
                "run+ r; msg+ m by=a; msg- m by=b",
                "run+ r; msg+ m by=a; msg- m; msg+ m by=b",
                "run+ r; msg+ m by=a; call+ c parent=m by=b",
                "run+ r; call+ c by=a; call- c; msg+ m by=b; call+ c parent=m",
                "run+ r; call+ c by=a; call c by=b",
                "run+ r; why+ z by=a; whym+ z by=b",
                "run+ r; act+ a by=s; act a by=t",
                "run+ r; result m by=a; msg+ m by=b",
                "run+ r; msg+ m by=a; secret m by=b",
                "run+ r; msg+ m; run- r",
                "run+ r; call+ c; run- r",
                "run+ r; step+ s; run- r",
                "run+ r; why+ z; run- r",
                "run+ r; whym+ z; run- r",
                "run+ r; sub+ a; run- r",
                "run+ r; run- r; run- r",
                "run+ r; run- r; run! e",
                "run+ r; run- r; run+ r",
                "run+ r; run- r; state",
                "run! e; run+ r",
                "run! e; run! e",
            })
    void whatTheClientRefusesIsRefusedAndChangesNothing(String script) {
        List<ObjectNode> events = script(script);
        RunGrammar grammar = new RunGrammar();
        events.subList(0, events.size() - 1).forEach(grammar::accept);
        List<ObjectNode> open = grammar.closing();
        ObjectNode last = events.get(events.size() - 1);
        for (int again = 0; again < 2; again++) {
            assertThrows(InvalidEventException.class, () -> grammar.accept(last));
            assertEquals(open, grammar.closing());
        }
    }

    @Test
    void closingClosesWhatIsOpenLastOpenedFirst() {
        RunGrammar grammar = new RunGrammar();
        script("run+ r; step+ s by=a; sub+ a; msg+ m by=a; call+ c parent=m; why+ z; whym+ z")
                .forEach(grammar::accept);
        List<ObjectNode> closing = grammar.closing();
        assertEquals(
                List.of(
                        "REASONING_MESSAGE_END",
                        "REASONING_END",
                        "TOOL_CALL_END",
                        "TEXT_MESSAGE_END",
                        "SUBAGENT_ERROR",
                        "STEP_FINISHED"),
                closing.stream().map(event -> event.get("type").textValue()).toList());
        closing.forEach(AgUiEvents::validate);
        closing.forEach(grammar::accept);
        grammar.accept(script("run- r").get(0));
        assertTrue(grammar.isOver());
    }

    @Test
    void ownersOfMessagesThatCameWholeAreKnown() {
        RunGrammar grammar = new RunGrammar();
        grammar.accept(
                Samples.event("{\"type\":\"RUN_STARTED\",\"input\":{\"messages\":[{\"id\":\"m\",\"role\":\"assistant\","
                        + "\"subagentRunId\":\"a\",\"toolCalls\":[{\"id\":\"c\"}]}]}}"));
        assertThrows(
                InvalidEventException.class,
                () -> grammar.accept(script("msg+ m by=b").get(0)));
        assertThrows(
                InvalidEventException.class,
                () -> grammar.accept(script("call+ c by=b").get(0)));
        grammar.accept(
                Samples.event("{\"type\":\"MESSAGES_SNAPSHOT\",\"messages\":[{\"id\":\"m\",\"role\":\"user\"}]}"));
        assertThrows(
                InvalidEventException.class,
                () -> grammar.accept(script("msg+ m by=a").get(0)));
        grammar.accept(script("call+ c by=a").get(0));
    }

    @Test
    void anyPrefixOfARandomRunCanBeClosedAndFinished() {
        Random random = new Random(20_261_120);
        List<String> words = WORDS.keySet().stream()
                .filter(word -> !word.startsWith("run"))
                .sorted()
                .toList();
        for (int round = 0; round < 3_000; round++) {
            RunGrammar grammar = new RunGrammar();
            script("run+ r").forEach(grammar::accept);
            for (int i = 0; i < 40; i++) {
                String by = random.nextInt(4) == 0 ? " by=s" + random.nextInt(2) : "";
                String parent = random.nextInt(4) == 0 ? " parent=i" + random.nextInt(3) : "";
                String word = words.get(random.nextInt(words.size())) + " i" + random.nextInt(3) + by + parent;
                try {
                    grammar.accept(script(word).get(0));
                } catch (InvalidEventException expected) {
                    assertFalse(grammar.isOver());
                }
            }
            grammar.closing().forEach(grammar::accept);
            script("run- r").forEach(grammar::accept);
            assertTrue(grammar.isOver());
        }
    }

    private static List<ObjectNode> script(String script) {
        List<ObjectNode> events = new ArrayList<>();
        for (String line : script.split(";", -1)) {
            String[] words = line.strip().split(" ", -1);
            String[] form = java.util.Objects.requireNonNull(WORDS.get(words[0]), words[0]);
            ObjectNode event = Json.object().put("type", form[0]).put("subtype", "message");
            for (int i = 1; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                String value = words[i].substring(equals + 1);
                switch (equals < 0 ? "" : words[i].substring(0, equals)) {
                    case "by" -> {
                        if (!event.has("subagentRunId")) {
                            event.put("subagentRunId", value);
                        }
                    }
                    case "in" -> event.put("parentSubagentRunId", value);
                    case "parent" -> event.put("parentMessageId", value);
                    case "replace" -> event.put("replace", Boolean.parseBoolean(value));
                    default -> event.put(form[1], value);
                }
            }
            events.add(event);
        }
        return events;
    }
}
