package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.event.UserKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a window still knows of a user once others' records have pushed it on. The promises themselves are the
 * simulation's affair.
 */
class WindowTest {
    private static final long ORIGIN = 100;

    private final Window window = new Window(new Window.Mark(1, ORIGIN, 0), new ByteBudget(1L << 30), chain -> {});
    private final RecordChain quiet = new RecordChain(UserKey.of("quiet"), 0);
    private final RecordChain busy = new RecordChain(UserKey.of("busy"), 0);
    private long next = ORIGIN;

    private void append(RecordChain chain) {
        window.append(new LogRecord(new RecordPlace(next++, 0), 0, chain.user(), new byte[10]), chain);
        window.publish(next, 0);
    }

    private void appendOthers(int count) {
        for (int i = 0; i < count; i++) {
            append(busy);
        }
    }

    private Window.Read read(long offset, ReadBatch batch) {
        return window.read(quiet, offset, batch);
    }

    private static ReadBatch batch() {
        return new ReadBatch(1 << 20, RecordChain.NONE);
    }

    @Test
    void aQuietUserReadsOnThoughOthersRecordsHavePushedTheWindowPastWhereItStands() {
        append(quiet);
        long stands = next;
        appendOthers(50);
        window.evict(30);
        append(quiet);
        ReadBatch batch = batch();
        assertEquals(Window.Read.TO_END, read(stands, batch));
        assertEquals(
                List.of(next - 1),
                batch.records().stream().map(LogRecord::offset).toList());
        assertEquals(next, batch.nextOffset());
    }

    @Test
    void whoseOwnRecordWasEvictedCatchesUp() {
        long stands = next;
        append(quiet);
        appendOthers(50);
        window.evict(30);
        append(quiet);
        assertEquals(Window.Read.BEFORE, read(stands, batch()));
        assertEquals(Window.Read.TO_END, read(stands + 1, batch()), "but not who has had it");
    }

    @Test
    void whatPassedBeforeTheWindowBeganIsNotKnown() {
        appendOthers(50);
        window.evict(30);
        assertEquals(Window.Read.BEFORE, read(ORIGIN - 1, batch()));
        assertEquals(Window.Read.TO_END, read(ORIGIN, batch()));
    }

    @Test
    void aChainThatIsMadeAnewDoesNotKnowWhatTheUserHadBefore() {
        appendOthers(50);
        window.evict(30);
        RecordChain anew = new RecordChain(UserKey.of("anew"), window.start().offset());
        assertEquals(Window.Read.BEFORE, window.read(anew, ORIGIN + 1, batch()));
        assertEquals(Window.Read.TO_END, window.read(anew, window.start().offset(), batch()));
    }
}
