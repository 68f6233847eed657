package dev.heddle.bench;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeConfig;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An edge with a {@link Fault}: a real one, behind a relay on its own sockets that tampers with events frames. It takes
 * the arguments of {@code heddle edge} that the benchmark gives. Two threads a connection.
 */
public final class FaultyEdge {
    private static final int EVENTS_LONGER_THAN = 30;
    private static final String EVENTS = "{\"type\":\"events\"";
    private static final int TEXT = 0x81;

    private FaultyEdge() {}

    public static void main(String[] arguments) throws IOException {
        List<String> settings = new ArrayList<>();
        for (int i = 1; i < arguments.length; i += 2) {
            settings.add(
                    arguments[i].equals("--management-port")
                            ? "management.port=" + arguments[i + 1]
                            : arguments[i + 1]);
        }
        Set<Fault> faults = Fault.chosen();
        ServerSocket server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        Edge edge = Edge.start(
                Settings.load(EdgeConfig.class, EdgeConfig.defaults(), SettingsSources.of("edge", null, settings)),
                List.of());
        System.out.println("ready http://127.0.0.1:" + server.getLocalPort());
        while (true) {
            Socket client = server.accept();
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), edge.port());
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            start(() -> client.getInputStream().transferTo(upstream.getOutputStream()), client, upstream);
            start(() -> relay(upstream.getInputStream(), client.getOutputStream(), faults), client, upstream);
        }
    }

    /** One direction. */
    private interface Copying {
        void run() throws IOException;
    }

    private static void start(Copying copying, Socket one, Socket other) {
        Thread thread = new Thread(() -> {
            try (one;
                    other) {
                copying.run();
            } catch (IOException e) {
                // One of the two has gone; the other one goes with it.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void relay(InputStream from, OutputStream to, Set<Fault> faults) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(from));
        int last = 0;
        while (last != 0x0d0a0d0a) { // the end of the HTTP answer
            int next = in.readUnsignedByte();
            last = (last << 8) | next;
            to.write(next);
        }
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            length = length < 126 ? length : length == 126 ? in.readUnsignedShort() : (int) in.readLong();
            byte[] payload = in.readNBytes(length);
            String text = new String(payload, StandardCharsets.UTF_8);
            boolean tampered = first == TEXT && length > EVENTS_LONGER_THAN && text.startsWith(EVENTS);
            to.write(frame(first, tampered ? Fault.in(text, faults).getBytes(StandardCharsets.UTF_8) : payload));
        }
    }

    private static byte[] frame(int first, byte[] payload) {
        int length = payload.length;
        int head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
        byte[] frame = new byte[head + length];
        frame[0] = (byte) first;
        frame[1] = (byte) (head == 2 ? length : head == 4 ? 126 : 127);
        for (int i = 0; i < (head == 2 ? 0 : head == 4 ? 2 : 8); i++) {
            frame[head - 1 - i] = (byte) (i < 4 ? length >>> (8 * i) : 0);
        }
        System.arraycopy(payload, 0, frame, head, length);
        return frame;
    }
}
