package dev.heddle.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's signals, by {@code sun.misc.Signal}. This is the only way to handle a second signal, because a JVM that
 * has begun to shut down ignores signals. It is part of the supported module jdk.unsupported, but compilers warn of it,
 * so it is called by reflection, as Kafka does.
 */
final class Signals {

    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * Makes this signal run the task, on a thread of the JVM, instead of ending the process.
     *
     * @param name without SIG
     * @param task given the signal's number
     * @return false if this JVM does not let us
     */
    static boolean on(String name, IntConsumer task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> {
                switch (method.getName()) {
                    case "handle" ->
                        task.accept((Integer) signal.getMethod("getNumber").invoke(arguments[0]));
                    case "equals" -> {
                        return proxy == arguments[0];
                    }
                    case "hashCode" -> {
                        return System.identityHashCode(proxy);
                    }
                    default -> {
                        return "handler of SIG" + name;
                    }
                }
                return null;
            };
            Object made = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, call);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), made);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.atDebug().setCause(e).addKeyValue("signal", name).log("This JVM does not hand over a signal");
            return false;
        }
    }
}
