package dev.heddle.concurrent;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Factories of named daemon threads, which do not keep a process alive. An exception that a thread does not catch is a
 * bug, and is logged.
 */
public final class DaemonThreads {

    private static final Logger log = LoggerFactory.getLogger(DaemonThreads.class);

    private DaemonThreads() {}

    /** A factory whose threads all have this name; for executors of one thread. */
    public static ThreadFactory named(String name) {
        return task -> newThread(name, task);
    }

    /** A factory whose threads are called {@code name-1}, {@code name-2} and so on. */
    public static ThreadFactory numbered(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> newThread(name + "-" + count.incrementAndGet(), task);
    }

    /** A thread that is not started yet. */
    public static Thread newThread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dying, bug) -> log.atError()
                .setCause(bug)
                .addKeyValue("thread", dying.getName())
                .log("A thread died"));
        return thread;
    }
}
