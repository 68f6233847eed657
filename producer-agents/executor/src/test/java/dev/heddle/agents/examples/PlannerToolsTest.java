package dev.heddle.agents.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class PlannerToolsTest {

    @Test
    void theCalculatorKnowsPrecedenceBracketsAndSigns() {
        assertEquals("20", Calculator.evaluate("(4 + 4) * 2.5"));
        assertEquals("7", Calculator.evaluate("1 + 2 * 3"));
        assertEquals("-3", Calculator.evaluate("-(1 + 2)"));
        assertEquals("8", Calculator.evaluate("12 / 2 + 2"));
    }

    @Test
    void theCalculatorSaysWhereAnExpressionIsNone() {
        assertEquals(
                "not an expression at character 3",
                assertThrows(IllegalArgumentException.class, () -> Calculator.evaluate("1+"))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> Calculator.evaluate("1)"));
        assertThrows(ArithmeticException.class, () -> Calculator.evaluate("1/0"));
    }

    @Test
    void theCalendarSkipsWeekends() {
        LocalDate friday = LocalDate.of(2026, 1, 2);
        assertEquals(LocalDate.of(2026, 1, 5), WorkingDays.after(friday, 1));
        assertEquals(friday, WorkingDays.after(friday, 0));
    }
}
