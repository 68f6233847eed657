package dev.heddle.agents.examples;

import java.time.DayOfWeek;
import java.time.LocalDate;

/** The planner's calendar: which day it is after so many working days, Monday to Friday. */
final class WorkingDays {

    private WorkingDays() {}

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
