package dev.heddle.edge.socket;

import java.util.function.Consumer;

/**
 * The body of one answer in a frontend's protocol: it turns a user's events into bytes. It belongs to one answer, whose
 * event loop calls it; an exception ends that answer and no other.
 */
public interface AnswerBody {
    /**
     * Takes the next event.
     *
     * @param out given the bytes that the client gets of it, in order; not at all if there are none
     */
    void take(DeliveredEvent event, Consumer<byte[]> out);

    /** Takes notice that all events which the log held at the request have been taken. */
    void caughtUp(Consumer<byte[]> out);

    /** The bytes that keep an idle answer alive; empty if the protocol has none. */
    byte[] idle();

    /** True once the answer is complete: the bytes given so far are its last, and it is ended cleanly after them. */
    boolean isComplete();
}
