package dev.heddle.agents.examples;

import dev.heddle.agents.Tool;
import dev.heddle.event.Json;
import java.time.DayOfWeek;
import java.time.LocalDate;

/** The planner's calendar: the day after a number of working days, Monday to Friday. */
final class WorkingDays {

    static final String TOOL = "calendar";

    private WorkingDays() {}

    /** The calendar as a tool. It has no effect, so it may be called again after a takeover. */
    static Tool tool() {
        String parameters = """
                {"type":"object","required":["from","workingDays"],"properties":{\
                "from":{"type":"string","pattern":"^\\\\d{4}-\\\\d{2}-\\\\d{2}$"},\
                "workingDays":{"type":"integer","minimum":0,"maximum":10000}}}""";
        return Tool.of(TOOL, Json.parseObject(parameters), WorkingDays::call).repeatable();
    }

    private static String call(Tool.Call call) {
        LocalDate from = LocalDate.parse(call.arguments().path("from").asText());
        return after(from, call.arguments().path("workingDays").asInt()).toString();
    }

    static LocalDate after(LocalDate from, int workingDays) {
        LocalDate day = from;
        int left = workingDays;
        while (left > 0) {
            day = day.plusDays(1);
            if (day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY) {
                left--;
            }
        }
        return day;
    }
}
