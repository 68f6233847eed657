package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation's own test: for each promise, hubs that break it, which it must convict. */
class MutantTest {
    private static final int SCHEDULES = 3_000;

    static Stream<Mutant> mutants() {
        return Stream.of(
                mutant(
                        "the window does not notice that it lost the offset",
                        Promise.NOTHING_LOST,
                        edit("Window.java", "return offset < start().offset() && (", "return offset < 0 && (")),
                mutant(
                        "the window takes what came before it began for nothing",
                        Promise.NOTHING_LOST,
                        edit("Window.java", "offset < origin || ", "")),
                mutant(
                        "a chain does not know what it lost",
                        Promise.NOTHING_LOST,
                        edit("Window.java", "chain.evictedBefore(record.offset() + 1);", "")),
                mutant(
                        "a new chain takes itself for the user's first",
                        Promise.NOTHING_LOST,
                        edit("HubPartition.java", "now == null ? 0 : now.start().offset()", "0")),
                mutant(
                        "a session is not woken",
                        Promise.NOTHING_LOST,
                        edit(
                                "Tail.java",
                                "for (Subscriber subscriber : chain.subscribers()) {",
                                "for (Subscriber subscriber : new Subscriber[0]) {")),
                mutant(
                        "the index skips one offset too many",
                        Promise.NOTHING_LOST,
                        edit("CatchUpReader.java", "scan.skipByIndex(next);", "scan.skipByIndex(next + 1);"),
                        edit(
                                "CatchUpReader.java",
                                "reader.seek(scan.partition(), next);",
                                "reader.seek(scan.partition(), next + 1);")),
                mutant(
                        "a skip keeps what was read before it",
                        Promise.NOTHING_TWICE,
                        edit(
                                "Scan.java",
                                "        lastReadFrom = next;\n        lastRead = List.of();\n        lastReadFor = Set.of();\n",
                                "")),
                mutant(
                        "what was read for some is taken for everyone's",
                        Promise.NOTHING_LOST,
                        edit(
                                "Scan.java",
                                "lastReadFor.contains(request.user()) ? lastReadFrom : position",
                                "lastReadFrom")),
                mutant(
                        "a frame's cursor lies before its last event",
                        Promise.NOTHING_TWICE,
                        edit("EventsFrameBuilder.java", "advanceTo(record.offset() + 1,", "advanceTo(record.offset(),"),
                        edit(
                                "EventsFrameBuilder.java",
                                "            advanceTo(batch.nextOffset(), batch.leaderEpoch());\n",
                                "            ;\n")),
                mutant(
                        "caught up is said again",
                        Promise.NOTHING_TWICE,
                        edit(
                                "Session.java",
                                "        caughtUp = true;\n",
                                "        caughtUp = inFlight.offset() % 2 == 0;\n")),
                mutant(
                        "a batch is reversed",
                        Promise.ORDER,
                        edit("ReadBatch.java", "records.add(record);", "records.add(0, record);")),
                mutant(
                        "a scan gives everyone everything, and nobody compares",
                        Promise.NOBODY_ELSES,
                        edit("Scan.java", "return members.containsKey(user);", "return user != null;"),
                        edit(
                                "Scan.java",
                                "members.get(record.user());",
                                "members.values().iterator().hasNext() ? members.values().iterator().next() : null;"),
                        edit("EventsFrameBuilder.java", "if (!record.user().equals(user)) {", "if (user == null) {")),
                mutant(
                        "retention is not told",
                        Promise.HONEST_RESUME,
                        edit(
                                "StartResolver.java",
                                "if (position.offset() < extent.start()) {",
                                "if (position.offset() < 0) {")),
                mutant(
                        "epochs are not compared",
                        Promise.HONEST_RESUME,
                        edit("StartResolver.java", "agreed.offset() < position.offset()", "agreed.offset() < 0")),
                mutant(
                        "anybody's cursor will do",
                        Promise.HONEST_RESUME,
                        edit("StartResolver.java", "!cursor.belongsTo(client.user())", "cursor.partition() < 0")),
                mutant(
                        "the snapshot takes an ended run for an open one",
                        Promise.HONEST_RESUME,
                        edit("SnapshotBuilder.java", "run.state.status(),", "dev.heddle.event.RunStatus.RUNNING,")),
                mutant(
                        "windows are never emptied",
                        Promise.BOUNDED,
                        edit("Tail.java", "while (windowBytes.isNearlyFull()) {", "while (windowBytes.used() < 0) {")),
                mutant(
                        "users are never forgotten",
                        Promise.BOUNDED,
                        edit("HubPartition.java", "known == chain && known.isIdle() ? null : known", "known")),
                mutant(
                        "frames follow each other unasked",
                        Promise.BOUNDED,
                        edit(
                                "Session.java",
                                "while (more && state == SessionState.READING && !inFlight.isOpen()) {",
                                "while (more && state == SessionState.READING) {")),
                mutant(
                        "credit is never given back",
                        Promise.NOTHING_LOST,
                        edit("HeldCredit.java", "credit.resize(account(), taken, 0);", "")),
                mutant(
                        "credit is taken twice",
                        Promise.NOTHING_LOST,
                        edit(
                                "HeldCredit.java",
                                "credit.resize(account(), amount, wanted)",
                                "credit.resize(account(), 0, wanted)")),
                mutant(
                        "credit is given back twice",
                        Promise.BOUNDED,
                        edit("HeldCredit.java", "        other.amount = 0;\n", "")),
                mutant(
                        "credit comes back while the frame of a closed session is still held",
                        Promise.BOUNDED,
                        edit("Session.java", "if (!inFlight.isOpen()) { // or else with its outcome", "{")),
                mutant(
                        "what a chunk has taken is forgotten",
                        Promise.BOUNDED,
                        edit("CatchUpRequest.java", "        credit.giveBack();\n", "")),
                mutant(
                        "no waiting request is granted when credit comes back",
                        Promise.NOTHING_LOST,
                        edit(
                                "CreditLine.java",
                                "        used.addAndGet(-bytes);\n        if (waiting.get() > 0) {",
                                "        used.addAndGet(-bytes);\n        if (waiting.get() < 0) {")),
                mutant(
                        "a session moves on before its frame is written",
                        Promise.NOTHING_LOST,
                        edit(
                                "Session.java",
                                "        Cursor next = inFlight.cursorAt(then);\n",
                                "        Cursor next = inFlight.cursorAt(then);\n        inFlight.advanceTo(then);\n")),
                mutant(
                        "a snapshot counts as told before it is written",
                        Promise.HONEST_RESUME,
                        edit(
                                "FrameInFlight.java",
                                "            sink.write(frame, this);",
                                "            cursor = cursor.withFlags(next.flags()); sink.write(frame, this);")),
                mutant(
                        "a session goes on after a failed write",
                        Promise.NO_FAILURE,
                        edit(
                                "Session.java",
                                "        public void onFrameFailed() {\n            close();\n",
                                "        public void onFrameFailed() {\n            credit.giveBack();\n")));
    }

    private static Mutant mutant(String name, Promise promise, Mutant.Edit... edits) {
        return new Mutant(name, promise, List.of(edits));
    }

    private static Mutant.Edit edit(String file, String find, String replace) {
        return new Mutant.Edit(file, find, replace);
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void everyMutant_isConvicted(Mutant mutant, @TempDir Path directory) {
        assertEquals(mutant.promise().name(), mutant.convict(directory, SCHEDULES));
    }
}
