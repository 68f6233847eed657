package dev.heddle.edge.rehearsal;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/** The JVM's present load of compilation. Owned by one thread. */
final class Compilation {
    /** The JVM is quiet if it compiled for less than this fraction of the time. */
    private static final int LITTLE = 5;

    private final LongSupplier nanoTime;
    private final LongSupplier compiledMillis;
    private long lookedAt;
    private long compiledThen;

    /** The compilation load of this JVM. */
    static Compilation ofThisJvm(LongSupplier nanoTime) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        boolean tells = compiler != null && compiler.isCompilationTimeMonitoringSupported();
        return new Compilation(nanoTime, tells ? compiler::getTotalCompilationTime : () -> 0);
    }

    Compilation(LongSupplier nanoTime, LongSupplier compiledMillis) {
        this.nanoTime = nanoTime;
        this.compiledMillis = compiledMillis;
        this.lookedAt = nanoTime.getAsLong();
        this.compiledThen = compiledMillis.getAsLong();
    }

    /** True if the JVM hardly compiled anything since the last call. */
    boolean isQuiet() {
        long now = nanoTime.getAsLong();
        long compiled = compiledMillis.getAsLong();
        boolean quiet = (compiled - compiledThen) * 1_000_000 * LITTLE <= now - lookedAt;
        lookedAt = now;
        compiledThen = compiled;
        return quiet;
    }
}
