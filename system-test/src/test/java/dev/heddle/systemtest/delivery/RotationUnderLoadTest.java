package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.client.StreamQuery;
import dev.heddle.testing.TestCertificate;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys and certificate of an edge, a process of its own, changed while everybody is connected to it and events go on.
 */
final class RotationUnderLoadTest {
    private static final int USERS = Scale.of(200, 2_000);
    private static final int BRIEF = USERS / 20;
    private static final int PER_SECOND = Scale.of(200, 2_000);
    private static final int PARTITIONS = Scale.of(8, 64);
    private static final int PADDING = 200;
    private static final int BRIEF_SECONDS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What changes, and what it is changed to. */
    private record Rotation(TestCertificate certificate, TokenSigner old, TokenSigner fresh) {

        static Rotation in(Path directory) throws IOException {
            Rotation rotation = new Rotation(
                    new TestCertificate(directory),
                    TokenSigner.in(directory, "old"),
                    TokenSigner.in(Files.createDirectories(directory.resolve("fresh")), "fresh"));
            rotation.certificate().install("first");
            return rotation;
        }

        String[] settings() {
            return new String[] {
                "http.tls.certificate=" + certificate.certificate(),
                "http.tls.key=" + certificate.key(),
                "http.tls.reload=200ms",
                "auth.keysRefresh=2s",
                "auth.keysCoolDown=1s"
            };
        }

        /** From now on these keys verify tokens. */
        void publish(TokenSigner... those) throws IOException {
            JsonWebKeySet set = new JsonWebKeySet();
            for (TokenSigner each : those) {
                set.addJsonWebKey(each.key());
            }
            Path next = old.file().resolveSibling("next.json");
            Files.writeString(next, set.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
            Files.move(next, old.file(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Test
    void nobodyIsLostWhoNeedNotBeAndNothingIsLostOrDoubled(@TempDir Path directory) throws IOException {
        Rotation rotation = Rotation.in(directory);
        List<String> users = Cluster.users("user-", USERS);
        try (Cluster cluster = Cluster.start(PARTITIONS);
                EdgeProcess edge = EdgeProcess.launch(
                        cluster.edgeSettings(rotation.old(), rotation.settings()), directory.resolve("edge.log"));
                ClientFleet fleet = new ClientFleet(users, rotation.old(), StreamQuery.from("latest"));
                ClientFleet late = new ClientFleet(List.of("late"), rotation.old(), StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.targetByTls(edge.port());
            late.targetByTls(edge.port());
            fleet.come(LIMIT);
            try (LoadPublisher.Steady steady = load.steadily(users, PER_SECOND, PADDING)) {
                goOn(steady);
                changeCertificate(rotation, edge.port());
                goOn(steady);
                changeKeys(rotation, fleet, late.user("late"));
                goOn(steady);
            }
            fleet.awaitAllOf(load, LIMIT);
            judge(fleet, edge.port());
        }
    }

    private static void changeCertificate(Rotation rotation, int port) {
        assertEquals("CN=first", TestCertificate.shownBy(port));
        rotation.certificate().install("second");
        await("the new certificate is shown").atMost(LIMIT).until(() -> TestCertificate.shownBy(port)
                .equals("CN=second"));
    }

    private static void changeKeys(Rotation rotation, ClientFleet fleet, FleetUser late) throws IOException {
        rotation.publish(rotation.old(), rotation.fresh());
        List<FleetUser> all = fleet.users();
        // One half renews at once, before the edge may look at the keys again: they wait for that look.
        List<FleetUser> renewing = all.subList(0, USERS / 2);
        List<FleetUser> brief = all.subList(USERS / 2, USERS / 2 + BRIEF);
        renewing.forEach(user -> user.renew(rotation.fresh().token(user.name())));
        for (FleetUser user : brief) {
            user.renew(rotation.old().token(user.name(), Duration.ofSeconds(BRIEF_SECONDS)));
            user.takeToken(rotation.fresh().token(user.name()));
        }
        fleet.await("all are answered", LIMIT, user -> !renewing.contains(user) || isRenewed(user));
        fleet.await(
                "those whose tokens have ended are back",
                LIMIT,
                user -> !brief.contains(user) || (user.closes().size() == 1 && user.isCaughtUp()));
        rotation.publish(rotation.fresh());
        late.come();
        await("the old key is good for nobody who comes").atMost(LIMIT).until(() -> {
            if (late.isGreeted()) { // the edge has not looked yet
                late.leave();
                late.come();
            }
            return late.closes().contains(4401);
        });
        late.leave();
    }

    private static boolean isRenewed(FleetUser user) {
        return user.answers().stream()
                .anyMatch(answer -> answer.path("type").asText().equals("token"));
    }

    private static void goOn(LoadPublisher.Steady steady) {
        long from = steady.count();
        await("events go on").atMost(LIMIT).until(() -> steady.count() >= from + PER_SECOND);
    }

    private static void judge(ClientFleet fleet, int port) {
        assertEquals("CN=second", TestCertificate.shownBy(port));
        for (int i = 0; i < USERS; i++) {
            FleetUser user = fleet.users().get(i);
            boolean brief = i >= USERS / 2 && i < USERS / 2 + BRIEF;
            assertEquals(brief ? List.of(4401) : List.of(), user.closes(), user.name());
            if (brief) {
                assertEquals("resumed", user.hellos().get(1).path("resume").asText(), user.name());
            }
        }
        Scale.measured(
                "keys and certificate changed: %d users, %d events/s, %d sessions ended with their tokens, no other, since the beginning %s",
                USERS, PER_SECOND, BRIEF, Scale.milliseconds(fleet.latencies()));
    }
}
