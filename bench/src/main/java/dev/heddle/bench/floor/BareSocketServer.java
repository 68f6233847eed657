package dev.heddle.bench.floor;

import dev.heddle.bench.load.FrameTemplate;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.Pace;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A Vert.x server that writes the same frames to WebSockets as an edge, on a timetable of its own.
 *
 * <p>Arguments: users, size of an event in the log, event loops, number of events that a user gets at once on
 * connecting. A client names its user at {@code /?user=INDEX} and gets a {@code hello}. Orders: {@code push RATE} and
 * {@code stop}, answered with the number of events pushed so far.
 */
public final class BareSocketServer {
    private static final String HOST = "127.0.0.1";
    private static final String QUERY = "user=";
    private static final int EVENTS_PER_FRAME = 100;
    private static final String HELLO = frame("hello");
    private static final String CAUGHT_UP = frame("caughtUp");
    private static final Member[] NOBODY = {};

    private final Vertx vertx;
    private final int missed;
    private final FrameTemplate[] frames;
    private final AtomicReferenceArray<Member[]> members;
    private final List<Gathered> loops = new ArrayList<>();
    private final Pace pace = new Pace(new Pusher());
    private volatile long pushed;

    /** One connection, and the event loop that serves it. */
    private record Member(ServerWebSocket socket, Gathered loop) {}

    /** One frame to be written. */
    private record Due(ServerWebSocket socket, String text) {}

    private BareSocketServer(LoadUsers users, int size, int missed) {
        this.vertx = Vertx.vertx(new VertxOptions());
        this.missed = missed;
        this.frames = new FrameTemplate[users.size()];
        this.members = new AtomicReferenceArray<>(users.size());
        for (int i = 0; i < users.size(); i++) {
            frames[i] = FrameTemplate.of(users.user(i), i, size);
            members.set(i, NOBODY);
        }
    }

    public static void main(String[] arguments) throws IOException {
        int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        BareSocketServer server = new BareSocketServer(LoadUsers.of("user", numbers[0]), numbers[1], numbers[3]);
        System.out.println("ready " + server.listen(numbers[2]));
        System.out.flush();
        Orders.serve(server::obey);
        System.exit(0);
    }

    private String obey(String[] order) {
        if (order[0].equals("push")) {
            pace.start(Double.parseDouble(order[1]));
        } else {
            pace.stop();
        }
        return Long.toString(pushed);
    }

    private int listen(int eventLoops) {
        SocketAddress address = SocketAddress.sharedRandomPort(1, HOST);
        List<Future<Integer>> listening = new ArrayList<>();
        for (int i = 0; i < eventLoops; i++) {
            Gathered loop = new Gathered();
            loops.add(loop);
            listening.add(vertx.deployVerticle(new Server(loop, address), new DeploymentOptions())
                    .map(id -> loop.port));
        }
        return Future.all(listening)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .resultAt(0);
    }

    private static String frame(String type) {
        return "{\"type\":\"" + type + "\",\"cursor\":\"" + FrameTemplate.CURSOR + "\"}";
    }

    /** The due frames of one event loop, gathered by the pace's thread and handed over together. */
    private static final class Gathered {
        private List<Due> due = new ArrayList<>();
        private volatile int port;
        private volatile @Nullable Context context;

        void handOver() {
            Context loop = context;
            if (!due.isEmpty() && loop != null) {
                List<Due> batch = due;
                due = new ArrayList<>();
                loop.runOnContext(now -> batch.forEach(each -> {
                    Future<Void> unused = each.socket().writeTextMessage(each.text());
                }));
            }
        }
    }

    /** One event loop's server. */
    private final class Server extends VerticleBase {
        private final Gathered loop;
        private final SocketAddress address;

        Server(Gathered loop, SocketAddress address) {
            this.loop = loop;
            this.address = address;
        }

        @Override
        public Future<?> start() {
            loop.context = context;
            return vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
                    .webSocketHandler(socket -> admit(socket, loop))
                    .listen(address)
                    .onSuccess(server -> loop.port = server.actualPort());
        }
    }

    private void admit(ServerWebSocket socket, Gathered loop) {
        int user = Integer.parseInt(socket.query().substring(QUERY.length()));
        Member member = new Member(socket, loop);
        members.updateAndGet(user, before -> {
            Member[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = member;
            return after;
        });
        socket.closeHandler(gone -> members.updateAndGet(user, before -> Arrays.stream(before)
                .filter(each -> !each.equals(member))
                .toArray(Member[]::new)));
        Future<Void> last = socket.writeTextMessage(HELLO);
        synchronized (frames[user]) {
            for (int first = 0; first < missed; first += EVENTS_PER_FRAME) {
                int count = Math.min(EVENTS_PER_FRAME, missed - first);
                last = socket.writeTextMessage(frames[user].text(first, count, System.nanoTime()));
            }
        }
        last.onSuccess(written -> socket.writeTextMessage(CAUGHT_UP));
    }

    /** Sends events to the users in turn, like the publisher. */
    private final class Pusher implements Pace.Sender {
        @Override
        public void send(long due) {
            long number = pushed;
            int user = (int) (number % frames.length);
            Member[] who = members.get(user);
            if (who.length > 0) {
                String text = frames[user].text(number / frames.length, due);
                for (Member each : who) {
                    each.loop().due.add(new Due(each.socket(), text));
                }
            }
            pushed = number + 1;
        }

        @Override
        public void flush() {
            loops.forEach(Gathered::handOver);
        }
    }
}
