package dev.heddle.kafka;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of Kafka's fatal faults, which must not end this process: it keeps and logs the first one, and completes
 * {@link #fatal()} with it.
 *
 * <p>Kafka ends its process in two ways: through the fault handlers that its servers are built with, and through
 * {@link Exit}, which is one for the whole JVM. The latter names no broker, so every running instance gets the fault.
 */
final class KafkaFaults implements FaultHandlerFactory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaFaults.class);
    private static final Set<KafkaFaults> RUNNING = ConcurrentHashMap.newKeySet();

    private final CompletableFuture<EmbeddedKafkaException> fatal = new CompletableFuture<>();

    private KafkaFaults() {}

    static KafkaFaults watch() {
        KafkaFaults faults = new KafkaFaults();
        RUNNING.add(faults);
        Exit.setExitProcedure((status, message) -> refuseToEnd("exit", status, message));
        Exit.setHaltProcedure((status, message) -> refuseToEnd("halt", status, message));
        return faults;
    }

    /** Ends Kafka's thread with an exception, because Kafka does not expect its exit procedures to return. */
    private static void refuseToEnd(String how, int status, @Nullable String message) {
        String told = "Kafka asked to " + how + " the process with status " + status
                + (message == null ? "" : ": " + message);
        EmbeddedKafkaException end = new EmbeddedKafkaException(told);
        RUNNING.forEach(faults -> faults.gaveUp(end));
        throw end;
    }

    private void gaveUp(EmbeddedKafkaException reason) {
        if (fatal.complete(reason)) {
            LOG.atError().setCause(reason).log("embedded Kafka gave up");
        }
    }

    @Override
    public FaultHandler build(String name, boolean fatalFault, Runnable action) {
        return new FaultHandler() {
            @Override
            public RuntimeException handleFault(String message, @Nullable Throwable cause) {
                action.run();
                String told = name + ": " + message + (cause == null ? "" : ": " + cause);
                EmbeddedKafkaException fault =
                        cause == null ? new EmbeddedKafkaException(told) : new EmbeddedKafkaException(told, cause);
                if (fatalFault) {
                    gaveUp(fault);
                } else {
                    LOG.atError().setCause(fault).log("embedded Kafka reports a fault");
                }
                return fault;
            }
        };
    }

    /** A future that completes with the reason when Kafka has given up, on one of Kafka's threads; never otherwise. */
    CompletableFuture<EmbeddedKafkaException> fatal() {
        return fatal;
    }

    /** Ignores further faults, which are those of stopping. */
    @Override
    public void close() {
        RUNNING.remove(this);
    }
}
