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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A crowd of sockets to one port of loopback, on one thread. Each sends the same bytes, then perhaps one byte now and
 * then, and comes back when it is cut; so there are always as many as were asked for, or as fast a stream of newcomers
 * as {@value #RETURNING_A_ROUND} each {@value #ROUND_MILLIS} ms. Ends with {@link #close()}.
 */
public final class HostileCrowd implements AutoCloseable {

    /** New sockets in one round, so that the listen queue is filled no faster than a peer could empty it. */
    private static final int OPENED_A_ROUND = 64;

    /** Of those that were cut. */
    private static final int RETURNING_A_ROUND = 5;

    private static final long ROUND_MILLIS = 10;
    private static final int RECEIVE_BYTES = 4_096;

    private final InetSocketAddress target;
    private final int size;
    private final Script script;
    private final Selector selector;
    private final Thread thread;
    private final AtomicInteger opened = new AtomicInteger();
    private volatile boolean closed;
    private volatile int open;

    /** Whether the crowd reads what it is answered. */
    public enum Reading {
        READS,
        NEVER_READS
    }

    /**
     * What each socket does.
     *
     * @param head sent once, after the connect; in ISO-8859-1, as the trickle
     * @param trickle one of its bytes is sent each time; empty for silence
     * @param every the time between two of those bytes
     */
    public record Script(String head, String trickle, Duration every, Reading reading) {
        /** Sends this and nothing more, and reads the answers. */
        public static Script of(String head) {
            return new Script(head, "", Duration.ofDays(1), Reading.READS);
        }

        /** Sends this, and then these bytes one by one over and over. */
        public static Script trickling(String head, String trickle, Duration every) {
            return new Script(head, trickle, every, Reading.READS);
        }
    }

    private static final class Member {
        private final ByteBuffer head;
        private long nextByte;
        private int sent;

        Member(ByteBuffer head) {
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

    /** Lets it loose. */
    public static HostileCrowd start(int port, int size, Script script) {
        HostileCrowd crowd = new HostileCrowd(port, size, script);
        crowd.thread.start();
        return crowd;
    }

    /** How many sockets have been connected so far, those that were cut among them. */
    public int opened() {
        return opened.get();
    }

    /** How many sockets there are that have not been cut. */
    public int open() {
        return open;
    }

    private void run() {
        try {
            while (!closed) {
                fill();
                selector.select(ROUND_MILLIS);
                long now = System.nanoTime();
                for (SelectionKey key : new ArrayList<>(selector.keys())) {
                    serve(key, now);
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
            channel.connect(target);
            channel.register(
                    selector,
                    SelectionKey.OP_CONNECT,
                    new Member(ByteBuffer.wrap(script.head().getBytes(StandardCharsets.ISO_8859_1))));
        }
    }

    private void serve(SelectionKey key, long now) {
        SocketChannel channel = (SocketChannel) key.channel();
        Member member = (Member) key.attachment();
        try {
            if (!key.isValid()) {
                return;
            }
            if (channel.isConnectionPending()) {
                if (!channel.finishConnect()) {
                    return;
                }
                opened.incrementAndGet();
                member.nextByte = now + script.every().toNanos();
                key.interestOps(script.reading() == Reading.READS ? SelectionKey.OP_READ : 0);
            }
            if (member.head.hasRemaining()) {
                channel.write(member.head);
            } else if (!script.trickle().isEmpty() && now - member.nextByte >= 0) {
                member.nextByte = now + script.every().toNanos();
                char next =
                        script.trickle().charAt(member.sent++ % script.trickle().length());
                channel.write(ByteBuffer.wrap(new byte[] {(byte) next}));
            }
            if (key.isReadable() && channel.read(ByteBuffer.allocate(RECEIVE_BYTES)) < 0) {
                cut(key);
            }
        } catch (IOException e) {
            cut(key);
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
