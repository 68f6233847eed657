package dev.heddle.systemtest.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.heddle.testing.Background;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that mean harm, in a process of their own which takes only what processor time others leave: it stands for
 * other people's machines. Its arguments are the edge's port and a good token. Each line of standard input is answered
 * by one line:
 *
 * <pre>
 * storm COUNT PER_SECOND   so many hostile frames and handshakes, no more than so many a second
 * silent COUNT             opens sockets that say nothing, and slow-loris requests that trickle while storms go on
 * ended                    waits until the edge has ended all of those
 * </pre>
 */
public final class HostileClients {

    private static final int ATTACKERS = 4;
    private static final int FRAMES_EACH = 20;
    private static final int TRICKLING = 10; // one in so many of the silent ones says a letter now and then
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int LOOK_MILLIS = 1;
    private static final long SEED = 42;
    private static final long SECOND = 1_000_000_000L;

    private final int port;
    private final String token;
    private final AtomicLong sent = new AtomicLong();
    private final List<Socket> silent = new ArrayList<>();

    private HostileClients(int port, String token) {
        this.port = port;
        this.token = token;
    }

    public static void main(String[] arguments) throws IOException {
        takeOnlyWhatIsLeft();
        HostileClients clients = new HostileClients(Integer.parseInt(arguments[0]), arguments[1]);
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        System.out.println("ready");
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            System.out.println(clients.answer(line.split(" ")));
        }
    }

    /** Threads inherit this from the one that makes them; where there is no such command, they compete. */
    private static void takeOnlyWhatIsLeft() throws IOException {
        long pid = ProcessHandle.current().pid();
        new ProcessBuilder("sh", "-c", "renice -n 19 -p $(ls /proc/" + pid + "/task)")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .onExit()
                .join();
    }

    private String answer(String[] asked) throws IOException {
        switch (asked[0]) {
            case "storm" -> storm(Long.parseLong(asked[1]), Long.parseLong(asked[2]));
            case "silent" -> {
                for (int i = 0; i < Integer.parseInt(asked[1]); i++) {
                    silent.add(connect());
                }
            }
            case "ended" -> {
                for (Socket each : silent) {
                    awaitEnd(each);
                }
                return "ended " + silent.size();
            }
            default -> throw new IllegalArgumentException(asked[0]);
        }
        return "sent " + sent.get();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoLinger(true, 0); // a reset at the end: rude, and the port is free again at once
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private void storm(long count, long perSecond) {
        long end = sent.get() + count;
        long from = sent.get();
        long begun = System.nanoTime();
        List<CompletableFuture<Void>> attackers = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            Random random = new Random(SEED + i + from);
            attackers.add(Background.run(() -> {
                while (sent.get() < end) {
                    attack(random);
                    long due = begun + (sent.get() - from) * SECOND / perSecond;
                    LockSupport.parkNanos(due - System.nanoTime());
                }
            }));
        }
        Iterator<Socket> turn = List.<Socket>of().iterator();
        while (!attackers.stream().allMatch(CompletableFuture::isDone)) {
            turn = turn.hasNext() ? turn : silent.iterator();
            trickle(turn);
            LockSupport.parkNanos(LOOK_MILLIS * SECOND / 1_000);
        }
        attackers.forEach(CompletableFuture::join); // an attacker that broke down has attacked nobody
    }

    /** One slow request says its next letter. */
    private static void trickle(Iterator<Socket> silent) {
        for (int i = 0; i < TRICKLING && silent.hasNext(); i++) {
            Socket socket = silent.next();
            if (i == 0) {
                try {
                    socket.getOutputStream().write('G');
                } catch (IOException e) {
                    return; // it has been cut
                }
            }
        }
    }

    private void attack(Random random) {
        try (Socket socket = connect()) {
            if (random.nextInt(3) == 0) {
                byte[] head = HostileBytes.head(random).getBytes(ISO_8859_1);
                sent.incrementAndGet();
                socket.getOutputStream()
                        .write(random.nextBoolean() ? head : Arrays.copyOf(head, random.nextInt(head.length)));
                return;
            }
            sent.incrementAndGet();
            socket.getOutputStream().write(HostileBytes.upgrade(token).getBytes(ISO_8859_1));
            if (socket.getInputStream().read() < 0) {
                return;
            }
            for (int i = 0; i < FRAMES_EACH; i++) {
                sent.incrementAndGet();
                socket.getOutputStream().write(HostileBytes.frame(random));
            }
        } catch (IOException e) {
            return; // the edge has cut it, as it may
        }
    }

    private static void awaitEnd(Socket socket) throws IOException {
        try (socket) {
            // There may be an answer to what it has trickled.
            long unused = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return; // reset is an end as well
        }
    }
}
