package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;

class InMemoryEventLogTest extends EventLogContract {
    private final InMemoryEventLog log = new InMemoryEventLog(1);

    @Override
    protected EventLog log() {
        return log;
    }

    @Override
    protected void write(UserKey user, byte[] value) {
        log.append(PARTITION, user, value);
    }

    @Override
    protected void writeGap() {
        log.gap(PARTITION);
    }

    @Override
    protected void expireBefore(long offset) {
        log.expire(PARTITION, offset);
    }
}
