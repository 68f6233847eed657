package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    private final Tally tally = new Tally();
    private final Receiver receiver = new Receiver(17, tally);
    private final FrameTemplate mine = FrameTemplate.of(UserKey.of("user-0000017"), 17, 300);

    private void come(String frame, long now) {
        byte[] bytes = frame.getBytes(US_ASCII);
        assertFalse(receiver.text(bytes, 0, bytes.length, now));
    }

    @Test
    void takesEventsInOrderWithTheirLatency() {
        come(mine.text(0, 1_000), 2_500);
        come(mine.text(1, 150, 2_000), 3_500);

        assertEquals(151, receiver.next());
        assertEquals(151, tally.received());
        assertTrue(tally.faults().isNone(), () -> tally.faults().toString());
        assertEquals(1_500, tally.takeLatencies().getMaxValue());
        assertEquals(FrameTemplate.CURSOR, receiver.cursor());
    }

    @Test
    void countsWhatWasSkipped() {
        come(mine.text(0, 0), 0);
        come(mine.text(3, 0), 0);

        assertEquals(new Tally.Faults(2, 0, 0, 0), tally.faults());
    }

    @Test
    void countsWhatCameTwiceOrLate() {
        come(mine.text(0, 0), 0);
        come(mine.text(0, 0), 0);

        assertEquals(new Tally.Faults(0, 1, 0, 0), tally.faults());
    }

    @Test
    void countsWhatCameInAnotherOrderTwice() {
        come(mine.text(0, 0), 0);
        come(mine.text(2, 0), 0);
        come(mine.text(1, 0), 0);
        come(mine.text(3, 0), 0);

        assertEquals(new Tally.Faults(1, 1, 0, 0), tally.faults(), "missing where it should be, again where it came");
    }

    @Test
    void eachFaultAloneIsOne() {
        assertTrue(new Tally.Faults(0, 0, 0, 0).isNone());
        assertFalse(new Tally.Faults(1, 0, 0, 0).isNone());
        assertFalse(new Tally.Faults(0, 1, 0, 0).isNone());
        assertFalse(new Tally.Faults(0, 0, 1, 0).isNone());
        assertFalse(new Tally.Faults(0, 0, 0, 1).isNone());
    }

    @Test
    void countsWhatIsSomeoneElses() {
        come(FrameTemplate.of(UserKey.of("user-0000018"), 18, 300).text(0, 0), 0);

        assertEquals(new Tally.Faults(0, 0, 1, 0), tally.faults());
        assertEquals(0, receiver.next());
    }

    @Test
    void countsWhatTheLoadHasNotMade() {
        come(mine.text(0, 0).replace(EventTemplate.DUE, "~not~"), 0);

        assertEquals(new Tally.Faults(0, 0, 0, 1), tally.faults());
    }

    @Test
    void knowsCaughtUp() {
        byte[] frame = ("{\"type\":\"caughtUp\",\"cursor\":\"" + FrameTemplate.CURSOR + "\"}").getBytes(US_ASCII);

        assertTrue(receiver.text(frame, 0, frame.length, 0));
    }
}
