package dev.heddle.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A wrapper that runs another program's {@code main} unchanged, beside one thread that reports the JVM's resource usage
 * on request: over a loopback port, a line for a line. The thread sleeps otherwise. The first argument is the program's
 * class, the rest are the program's own.
 */
public final class Observed {
    /** The system property with the port. */
    static final String PORT = "heddle.bench.probe";

    static final String USAGE = "usage";
    static final String COLLECT = "collect";

    private Observed() {}

    public static void main(String[] arguments) throws Throwable {
        ServerSocket server = new ServerSocket(Integer.getInteger(PORT), 1, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> serve(server), "bench-probe");
        thread.setDaemon(true);
        thread.start();
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static void serve(ServerSocket server) {
        while (true) {
            try (Socket socket = server.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                    PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII)) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.equals(COLLECT)) {
                        // Twice, because finding some garbage takes two.
                        ManagementFactory.getMemoryMXBean().gc();
                        ManagementFactory.getMemoryMXBean().gc();
                    }
                    out.println(Usage.ofThisProcess().toLine());
                }
            } catch (IOException e) {
                // The client has gone; another one may come.
            }
        }
    }
}
