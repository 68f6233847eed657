package dev.heddle.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class VisibleTextTest {
    @Test
    void whatATerminalObeysIsAnEscape() {
        assertEquals("a\\u001b[2J\\u007f\\u009b\\u0085", VisibleText.of("a\u001b[2J\u007f\u009b\u0085"));
        assertEquals("\\u000a\\u0009\\u0000", VisibleText.of("\n\t\0"));
        assertEquals(
                "\\u202e\\u2066\\u200f\\u061c\\u2028\\ufeff", VisibleText.of("\u202e\u2066\u200f\u061c\u2028\ufeff"));
        assertEquals("\\ud83ex\\udc00", VisibleText.of("\ud83ex\udc00"));
    }

    @Test
    void whatPeopleWriteStays() {
        String text = "grüß 🧵 \u05e9\u05dc\u05d5\u05dd {\"a\":\"\\n\"}";
        assertSame(text, VisibleText.of(text));
    }

    @Test
    void aLineIsOneLine() {
        assertEquals("one two", VisibleText.line(" one\n  two\n"));
        assertEquals("no reason is given", VisibleText.line(null));
    }
}
