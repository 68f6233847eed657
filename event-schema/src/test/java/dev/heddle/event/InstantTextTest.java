package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstantTextTest {

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T00:00:00Z, 1767225600000",
        "2026-01-01T00:00Z, 1767225600000",
        "2026-01-01T02:00:00+02:00, 1767225600000",
        "2025-12-31T24:00:00Z, 1767225600000",
        "2016-12-31T23:59:60Z, 1483228799000",
        "1970-01-01T00:00:00.001Z, 1",
        "2024-02-29T00:00:00Z, 1709164800000"
    })
    void anInstantIsReadAsItIsWritten(String text, long millis) {
        assertEquals(millis, InstantText.parse(text).toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00+00:01",
                "0001-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "-999999999-01-01T00:00:00+18:00",
                "-1000000000-01-01T00:00:00Z",
                "-99999999999999999999-01-01T00:00:00Z"
            })
    void whatNoRecordIsOldEnoughForIsTheEarliest(String text) {
        assertEquals(0, InstantText.parse(text).toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+999999999-12-31T23:59:59-18:00",
                "+1000000000-12-31T23:59:59.999999999Z",
                "+292278995-01-01T00:00:00Z",
                "+99999999999999999999-12-31T00:00:00Z",
                "99999999999-12-31T00:00:00Z"
            })
    void whatNoRecordIsYoungEnoughForIsTheLatest(String text) {
        assertEquals(Long.MAX_VALUE, InstantText.parse(text).toEpochMilli());
    }

    @Test
    void theExtremesOfJavaAreClamped() {
        assertEquals(0, InstantText.clamped(Instant.MIN).toEpochMilli());
        assertEquals(Long.MAX_VALUE, InstantText.clamped(Instant.MAX).toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-01-01",
                "2026-13-01T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "+99999999999-02-30T00:00:00Z",
                "+99999999999-01-01T00:00:00",
                "2026-01-01T00:00:00",
                "2026-01-01T00:00:00+19:00",
                "1767225600000"
            })
    void whatIsNoInstantIsRefused(String text) {
        assertThrows(DateTimeException.class, () -> InstantText.parse(text));
    }
}
