package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.hub.Resume;
import dev.heddle.edge.hub.Start;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.event.EventIds;
import java.util.Locale;

/** The builder of {@code hello} from the start that the hub has decided on. */
final class Hello {

    private Hello() {}

    static ServerFrame.Hello of(Start start, Verified who, SocketConfig config) {
        return new ServerFrame.Hello(
                new ServerFrame.Hello.Identity(EventIds.next(), who.user().value()),
                new ServerFrame.Hello.Beginning(start.cursor().encode(), outcome(start.resume()), start.partition()),
                new ServerFrame.Hello.Terms(
                        config.sessions().heartbeat().toSeconds(),
                        config.limits().maxFrameBytes(),
                        who.expiresAt()));
    }

    private static ServerFrame.ResumeOutcome outcome(Resume resume) {
        if (resume instanceof Resume.Reset reset) {
            return new ServerFrame.Reset(
                    reset.reason().name().toLowerCase(Locale.ROOT),
                    new ServerFrame.Lost(
                            reset.lost().from().encode(), reset.lost().to().encode()));
        }
        return resume instanceof Resume.Resumed ? new ServerFrame.Resumed() : new ServerFrame.Fresh();
    }
}
