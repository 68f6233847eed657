package dev.heddle.bench.load;

import dev.heddle.bench.BenchFailedException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;

/**
 * Thousands of clients on one thread. They connect, a bounded number at a time, answer pings, check every event, and
 * reconnect with their cursor when a connection is lost.
 *
 * <p>It uses plain NIO and no parsing beyond {@link Receiver}, because the load shares the machine with the measured
 * processes. Only the request of the handshake is the Java client's: {@link dev.heddle.client.StreamQuery}. The public
 * methods may be called by any thread; the connections are the fleet's own thread's.
 */
public final class Fleet implements AutoCloseable {
    private static final int READ_BYTES = 256 * 1024;
    private static final long IDLE_MILLIS = 100;
    private static final long RETRY_MILLIS = 50;

    private final Plan plan;
    private final List<FleetConnection> connections = new ArrayList<>();
    private final Tally tally = new Tally();
    private final Selector selector;
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Deque<FleetConnection> toConnect = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final byte[] bytes = new byte[READ_BYTES];
    private final AtomicInteger greeted = new AtomicInteger();
    private final AtomicLong cuts = new AtomicLong();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final Thread thread = new Thread(this::run, "fleet");
    private volatile boolean running = true;
    private volatile FleetTarget target;
    private boolean coming;
    private int shakingHands;

    /**
     * The users that connect, and the bounds of their connections.
     *
     * @param perUser connections of each user
     * @param atOnce how many connect at a time
     * @param receiveBuffer the kernel's, in bytes; 0 for its default
     */
    public record Plan(LoadUsers users, int perUser, int atOnce, int receiveBuffer) {
        public static final int AT_ONCE = 200;

        public Plan(LoadUsers users, int perUser) {
            this(users, perUser, AT_ONCE, 0);
        }
    }

    /** A fleet that has not connected yet. */
    public Fleet(Plan plan, FleetTarget target) {
        this.plan = plan;
        this.target = target;
        for (int i = 0; i < plan.users().size() * plan.perUser(); i++) {
            int user = i % plan.users().size();
            connections.add(new FleetConnection(user, new Receiver(user, tally)));
        }
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new BenchFailedException("no selector: " + e.getMessage(), e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    // ---- any thread

    /** All connections: one of each user in the order of the users, then the next one of each, and so on. */
    public List<FleetConnection> connections() {
        return List.copyOf(connections);
    }

    /** Expects these numbers next, by the index of the user. */
    public void expect(IntToLongFunction next) {
        connections.forEach(connection -> connection.receiver().expect(next.applyAsLong(connection.user())));
    }

    /** Connects every connection that is not connected, and from now on reconnects each one that is lost. */
    public void come() {
        order(() -> {
            coming = true;
            toConnect.clear();
            connections.stream().filter(connection -> !connection.isOpen()).forEach(toConnect::add);
        });
    }

    /** Connects one connection alone. */
    public void come(FleetConnection connection) {
        order(() -> {
            coming = true;
            if (!connection.isOpen()) {
                toConnect.add(connection);
            }
        });
    }

    /** Stops reconnecting lost connections until the next {@link #come()}. */
    public void stayAway() {
        order(() -> {
            coming = false;
            toConnect.clear();
        });
    }

    /** Sets the target of later connects; open connections stay. */
    public void target(FleetTarget other) {
        target = other;
    }

    /** Closes these connections. */
    public void leave(List<FleetConnection> leaving) {
        order(() -> leaving.forEach(connection -> {
            if (connection.isGreeted()) {
                greeted.decrementAndGet();
            } else if (connection.isOpen()) {
                shakingHands--;
            }
            connection.cut();
        }));
    }

    /** Stops reading, so that the edge's frames fill the sockets' buffers. */
    public void pause() {
        order(() -> connections.forEach(connection -> connection.interest(0)));
    }

    /** Resumes reading. */
    public void resume() {
        order(() -> connections.forEach(connection -> connection.interest(SelectionKey.OP_READ)));
    }

    /** The number of connections that are open and have received their first frame. */
    public int greeted() {
        return greeted.get();
    }

    /** The number of connections that were lost after their first frame, other than by {@link #leave}. */
    public long cuts() {
        return cuts.get();
    }

    /** The tally of received events. */
    public Tally tally() {
        return tally;
    }

    /** True if every connection has received all events with numbers below its user's {@code end}. */
    public boolean hasAll(IntToLongFunction end) {
        for (FleetConnection connection : connections) {
            if (connection.receiver().next() < end.applyAsLong(connection.user())) {
                return false;
            }
        }
        return true;
    }

    /** The number of events below these {@code end} numbers that have not come yet. */
    public long lacking(IntToLongFunction end) {
        return connections.stream()
                .mapToLong(connection -> Math.max(
                        0,
                        end.applyAsLong(connection.user())
                                - connection.receiver().next()))
                .sum();
    }

    /** The numbers of failed attempts to connect, by error message. */
    public Map<String, Integer> refusals() {
        synchronized (refusals) {
            return Map.copyOf(refusals);
        }
    }

    private void order(Runnable what) {
        orders.add(what);
        selector.wakeup();
    }

    @Override
    public void close() {
        running = false;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread

    private void run() {
        try (Selector own = selector) {
            while (running) {
                own.select(this::ready, toConnect.isEmpty() ? IDLE_MILLIS : RETRY_MILLIS);
                for (Runnable next = orders.poll(); next != null; next = orders.poll()) {
                    next.run();
                }
                connectSome();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the selector failed", e);
        } finally {
            connections.forEach(FleetConnection::cut);
        }
    }

    private void connectSome() {
        long now = System.nanoTime();
        while (coming && shakingHands < plan.atOnce()) {
            FleetConnection first = toConnect.peek();
            if (first == null || now - first.restUntil() < 0) {
                return;
            }
            connect(toConnect.remove());
        }
    }

    private void connect(FleetConnection connection) {
        shakingHands++;
        try {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (plan.receiveBuffer() > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, plan.receiveBuffer());
            }
            connection.opened(
                    channel, channel.register(selector, SelectionKey.OP_CONNECT, connection), System.nanoTime());
            channel.connect(target.address());
        } catch (IOException e) {
            lost(connection, e);
        }
    }

    private void ready(SelectionKey key) {
        FleetConnection connection = (FleetConnection) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                channel.write(ByteBuffer.wrap(target.bytesFor(connection)));
                key.interestOps(SelectionKey.OP_READ);
            } else if (key.isReadable()) {
                read(connection, channel);
            }
        } catch (IOException e) {
            lost(connection, e);
        }
    }

    private void read(FleetConnection connection, SocketChannel channel) throws IOException {
        buffer.clear();
        int length = channel.read(buffer);
        if (length < 0) {
            throw new IOException("cut");
        }
        boolean before = connection.isGreeted();
        buffer.flip().get(bytes, 0, length);
        connection.take(bytes, length, System.nanoTime());
        if (!before && connection.isGreeted()) {
            shakingHands--;
            greeted.incrementAndGet();
            tally.away(connection.backAfter());
        }
    }

    private void lost(FleetConnection connection, IOException why) {
        if (connection.isGreeted()) {
            greeted.decrementAndGet();
            cuts.incrementAndGet();
            connection.lost(System.nanoTime());
        } else {
            shakingHands--;
            connection.rest(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
            synchronized (refusals) {
                refusals.merge(String.valueOf(why.getMessage()), 1, Integer::sum);
            }
        }
        connection.cut();
        if (coming) {
            toConnect.add(connection);
        }
    }
}
