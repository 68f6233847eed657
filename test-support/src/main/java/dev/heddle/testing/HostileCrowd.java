package dev.heddle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A crowd of hostile client sockets to one loopback port, on one thread. Each sends the same bytes, then perhaps single
 * bytes at an interval, and reconnects when the server closes it. The crowd keeps its size, or reconnects
 * {@value #RETURNING_A_ROUND} sockets each {@value #ROUND_MILLIS} ms. Ends with {@link #close()}.
 */
public final class HostileCrowd implements AutoCloseable {

    /** The most new sockets in one round, so that the listen queue fills no faster than the server can empty it. */
    private static final int OPENED_A_ROUND = 64;

    /** The most sockets that reconnect in one round. */
    private static final int RETURNING_A_ROUND = 5;

    private static final long ROUND_MILLIS = 10;
    private static final int RECEIVE_BYTES = 4_096;

    private final InetSocketAddress target;
    private final int size;
    private final Script script;
    private final Selector selector;
    private final Thread thread;
    /** The sockets that trickle bytes, in the order of their next byte. */
    private final Deque<Member> trickling = new ArrayDeque<>();

    private final AtomicInteger opened = new AtomicInteger();
    private volatile boolean closed;
    private volatile int open;

    /** The crowd's handling of the server's answers. */
    public enum Reading {
        READS,
        NEVER_READS
    }

    /**
     * The behaviour of each socket.
     *
     * @param head sent once, after the connect; in ISO-8859-1, as the trickle
     * @param trickle one of its bytes is sent each time; empty for silence
     * @param every the time between two of those bytes
     */
    public record Script(String head, String trickle, Duration every, Reading reading) {
        /** A script that sends only {@code head} and reads the answers. */
        public static Script of(String head) {
            return new Script(head, "", Duration.ofDays(1), Reading.READS);
        }

        /**
         * A script that sends {@code head}, then the bytes of {@code trickle} one by one in a loop, and reads the
         * answers.
         */
        public static Script trickling(String head, String trickle, Duration every) {
            return new Script(head, trickle, every, Reading.READS);
        }
    }

    private static final class Member {
        private final SocketChannel channel;
        private final ByteBuffer head;
        private long nextByte;
        private int sent;

        Member(SocketChannel channel, ByteBuffer head) {
            this.channel = channel;
            this.head = head;
        }
    }

    private HostileCrowd(int port, int size, Script script) {
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.size = size;
        this.script = script;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.thread = new Thread(this::run, "hostile-crowd");
        thread.setDaemon(true);
    }

    /** Starts a crowd of {@code size} sockets. */
    public static HostileCrowd start(int port, int size, Script script) {
        HostileCrowd crowd = new HostileCrowd(port, size, script);
        crowd.thread.start();
        return crowd;
    }

    /** The number of sockets that have connected so far, closed ones included. */
    public int opened() {
        return opened.get();
    }

    /** The number of sockets that the server has not closed. */
    public int open() {
        return open;
    }

    /** Serves only sockets that are ready, to leave the machine to the tested program. */
    private void run() {
        long nextRound = System.nanoTime();
        try {
            while (!closed) {
                long now = System.nanoTime();
                if (now - nextRound >= 0) {
                    fill();
                    trickle(now);
                    nextRound = now + TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS);
                }
                selector.select(1 + TimeUnit.NANOSECONDS.toMillis(nextRound - now));
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                open = selector.keys().size();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end();
        }
    }

    private void fill() throws IOException {
        int missing = Math.min(
                opened.get() < size ? OPENED_A_ROUND : RETURNING_A_ROUND,
                size - selector.keys().size());
        for (int i = 0; i < missing; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            if (script.reading() == Reading.NEVER_READS) {
                channel.socket().setReceiveBufferSize(RECEIVE_BYTES);
            }
            Member member = new Member(channel, ByteBuffer.wrap(script.head().getBytes(StandardCharsets.ISO_8859_1)));
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, member);
            if (channel.connect(target)) {
                connected(key, member);
            }
        }
    }

    private void serve(SelectionKey key) {
        Member member = (Member) key.attachment();
        try {
            if (!key.isValid()) {
                return;
            }
            if (key.isConnectable() && member.channel.finishConnect()) {
                connected(key, member);
            }
            if (key.isWritable()) {
                member.channel.write(member.head);
                key.interestOps(wanted(member));
            }
            if (key.isReadable() && member.channel.read(ByteBuffer.allocate(RECEIVE_BYTES)) < 0) {
                cut(key);
            }
        } catch (IOException e) {
            cut(key);
        }
    }

    private void connected(SelectionKey key, Member member) {
        opened.incrementAndGet();
        key.interestOps(wanted(member));
        if (!script.trickle().isEmpty()) {
            member.nextByte = System.nanoTime() + script.every().toNanos();
            trickling.add(member);
        }
    }

    private int wanted(Member member) {
        int write = member.head.hasRemaining() ? SelectionKey.OP_WRITE : 0;
        return write | (script.reading() == Reading.READS ? SelectionKey.OP_READ : 0);
    }

    private void trickle(long now) {
        for (Member next = trickling.peek();
                next != null && (!next.channel.isOpen() || now - next.nextByte >= 0);
                next = trickling.peek()) {
            trickling.remove();
            if (next.channel.isOpen()) {
                trickle(next);
                next.nextByte = now + script.every().toNanos();
                trickling.add(next);
            }
        }
    }

    private void trickle(Member member) {
        if (member.head.hasRemaining()) {
            return;
        }
        char next = script.trickle().charAt(member.sent++ % script.trickle().length());
        try {
            member.channel.write(ByteBuffer.wrap(new byte[] {(byte) next}));
        } catch (IOException e) {
            SelectionKey key = member.channel.keyFor(selector);
            if (key != null) {
                cut(key);
            }
        }
    }

    private static void cut(SelectionKey key) {
        key.cancel();
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end() {
        List.copyOf(selector.keys()).forEach(HostileCrowd::cut);
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open = 0;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
