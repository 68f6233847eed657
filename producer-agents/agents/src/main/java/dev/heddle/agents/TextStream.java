package dev.heddle.agents;

/** An open message, or an open span of reasoning, that is written piece by piece; closing it ends it. */
public final class TextStream implements AutoCloseable {

    private final RunWriter run;
    private final String messageId;
    private final Kind kind;
    private final Deltas deltas;
    private boolean closed;

    private enum Kind {
        MESSAGE("TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"),
        REASONING("REASONING_MESSAGE_CONTENT", "REASONING_MESSAGE_END");

        private final String content;
        private final String end;

        Kind(String content, String end) {
            this.content = content;
            this.end = end;
        }
    }

    private TextStream(RunWriter run, String messageId, Kind kind) {
        this.run = run;
        this.messageId = messageId;
        this.kind = kind;
        this.deltas = run.deltas(kind.content, "messageId", messageId);
    }

    static TextStream message(RunWriter run, String messageId) {
        run.emit(AgUi.textStart(messageId, "assistant"));
        return new TextStream(run, messageId, Kind.MESSAGE);
    }

    static TextStream open(RunWriter run, String messageId) {
        return new TextStream(run, messageId, Kind.MESSAGE);
    }

    static TextStream reasoning(RunWriter run, String messageId) {
        run.emit(AgUi.ofMessage("REASONING_START", messageId));
        run.emit(AgUi.ofMessage("REASONING_MESSAGE_START", messageId).put("role", "reasoning"));
        return new TextStream(run, messageId, Kind.REASONING);
    }

    public String messageId() {
        return messageId;
    }

    /** Appends the next piece; the pieces joined are the text. */
    public void write(String delta) {
        run.emit(deltas, delta);
    }

    /** Ends it. Does nothing the second time, or when the run's end has closed it. */
    @Override
    public void close() {
        if (closed || run.isOver()) {
            return;
        }
        closed = true;
        run.emit(AgUi.ofMessage(kind.end, messageId));
        if (kind == Kind.REASONING) {
            run.emit(AgUi.ofMessage("REASONING_END", messageId));
        }
    }
}
