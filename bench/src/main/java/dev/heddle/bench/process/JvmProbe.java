package dev.heddle.bench.process;

import dev.heddle.bench.BenchFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The client of {@link Observed}. Used by one thread; a request waits for its answer. */
public final class JvmProbe implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final PrintWriter out;

    JvmProbe(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new BenchFailedException("a process cannot be asked what it uses: " + e.getMessage(), e);
        }
    }

    /** The process's resource usage so far. */
    public Usage usage() {
        return ask(Observed.USAGE);
    }

    /** Runs two full garbage collections in the process and returns its resource usage after them. */
    public Usage collect() {
        return ask(Observed.COLLECT);
    }

    private Usage ask(String question) {
        try {
            out.println(question);
            String line = in.readLine();
            if (line == null) {
                throw new BenchFailedException("a process has ended that should not have");
            }
            return Usage.ofLine(line);
        } catch (IOException e) {
            throw new BenchFailedException("a process cannot be asked what it uses: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The process is gone, and the connection with it.
        }
    }
}
