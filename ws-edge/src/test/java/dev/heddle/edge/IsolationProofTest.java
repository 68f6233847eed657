package dev.heddle.edge;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.socket.AnswerBody;
import dev.heddle.edge.socket.DeliveredEvent;
import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import io.netty.channel.ChannelOutboundInvoker;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.streams.WriteStream;
import java.util.Set;

/**
 * The proof, by what calls what, that nobody else's event can come to a client but through two lines, one for
 * WebSockets and one for HTTP responses: only {@code FrameChannel} and {@code ResponseChannel} write to connections;
 * only {@code WebSocketSink} and {@code ResponseSink} have events and give them to these; they get each together with
 * the key it was read under; and where they take an event's bytes they have compared that key with their user.
 */
@AnalyzeClasses(packages = "dev.heddle", importOptions = ImportOption.DoNotIncludeTests.class)
class IsolationProofTest {

    private static final String EDGE = "dev.heddle.edge..";
    private static final String HUB = "dev.heddle.edge.hub..";
    private static final String SINK = "dev.heddle.edge.socket.WebSocketSink";
    private static final String CHANNEL = "dev.heddle.edge.socket.FrameChannel";
    private static final String RESPONSE_SINK = "dev.heddle.edge.socket.ResponseSink";
    private static final String RESPONSE_CHANNEL = "dev.heddle.edge.socket.ResponseChannel";
    private static final String RESPONSE = "dev.heddle.edge.socket.ResponseConnection";
    private static final String CONNECTION = "dev.heddle.edge.socket.StreamConnection";

    @ArchTest
    static final ArchRule onlyTheChannelsWriteToConnections = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .doNotHaveFullyQualifiedName(CHANNEL)
            .and()
            .doNotHaveFullyQualifiedName(RESPONSE_CHANNEL)
            .should()
            .callMethodWhere(describe(
                    "a write to a channel or a WebSocket",
                    call -> call.getTarget().getName().startsWith("write")
                            && (call.getTargetOwner().isAssignableTo(ChannelOutboundInvoker.class)
                                    || call.getTargetOwner().isAssignableTo(WebSocketBase.class)
                                    || call.getTargetOwner().isEquivalentTo(WriteStream.class))));

    @ArchTest
    static final ArchRule onlyTheSinkAndTheConnectionGiveItFrames = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .doNotHaveFullyQualifiedName(CHANNEL)
            .and()
            .doNotHaveFullyQualifiedName(SINK)
            .and()
            .doNotHaveFullyQualifiedName(CONNECTION)
            .should()
            .callMethodWhere(call(CHANNEL, Set.of("text", "allocate")));

    @ArchTest
    static final ArchRule onlyTheSinkAndTheConnectionGiveAResponseItsBytes = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .doNotHaveFullyQualifiedName(RESPONSE_CHANNEL)
            .and()
            .doNotHaveFullyQualifiedName(RESPONSE_SINK)
            .and()
            .doNotHaveFullyQualifiedName(RESPONSE)
            .should()
            .callMethodWhere(call(RESPONSE_CHANNEL, Set.of("write", "writeIfIdle")));

    @ArchTest
    static final ArchRule onlyTheSinkGivesABodyItsEvents = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .doNotHaveFullyQualifiedName(RESPONSE_SINK)
            .should()
            .callMethodWhere(call(AnswerBody.class.getName(), Set.of("take", "caughtUp")))
            .orShould()
            .callConstructorWhere(target(owner(name(DeliveredEvent.class.getName()))));

    @ArchTest
    static final ArchRule onlyHubAndSinksTakeAnEventsBytesAndSoTheConnectionsHaveNone = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .resideOutsideOfPackage(HUB)
            .and()
            .doNotHaveFullyQualifiedName(SINK)
            .and()
            .doNotHaveFullyQualifiedName(RESPONSE_SINK)
            .should()
            .callMethodWhere(call(LogRecord.class.getName(), Set.of("item", "value")))
            .orShould()
            .dependOnClassesThat(type(EventItem.class));

    @ArchTest
    static final ArchRule anEventsBytesAreMadeUnderTheKeyOfItsRecord = noClasses()
            .that()
            .resideInAPackage(EDGE)
            .and()
            .doNotHaveFullyQualifiedName(LogRecord.class.getName())
            .should()
            .callMethodWhere(call(EventItem.class.getName(), Set.of("of")));

    @ArchTest
    static final ArchRule aRecordKeepsTheKeyThatItWasReadUnder = fields().that()
            .areDeclaredIn(LogRecord.class)
            .and()
            .haveRawType(UserKey.class)
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule theSinksUserNeverChanges = fields().that()
            .areDeclaredIn(SINK)
            .or()
            .areDeclaredIn(RESPONSE_SINK)
            .and()
            .haveRawType(UserKey.class)
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule whereASinkTakesBytesItHasComparedTheKey = classes()
            .that()
            .haveFullyQualifiedName(SINK)
            .or()
            .haveFullyQualifiedName(RESPONSE_SINK)
            .should(compareWhereverTheyTake());

    private static ArchCondition<JavaClass> compareWhereverTheyTake() {
        return new ArchCondition<>("compare the record's key with their user wherever they take its bytes") {
            @Override
            public void check(JavaClass sink, ConditionEvents events) {
                int takers = 0;
                for (JavaCodeUnit unit : sink.getCodeUnits()) {
                    if (calls(unit, LogRecord.class, "item")) {
                        takers++;
                        boolean compares = calls(unit, LogRecord.class, "user") && calls(unit, UserKey.class, "equals");
                        events.add(new SimpleConditionEvent(unit, compares, unit.getFullName() + " takes bytes"));
                    }
                }
                events.add(new SimpleConditionEvent(sink, takers == 1, sink.getName() + " takes bytes in one place"));
            }
        };
    }

    private static boolean calls(JavaCodeUnit unit, Class<?> owner, String method) {
        return unit.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(owner)
                        && call.getTarget().getName().equals(method));
    }

    private static DescribedPredicate<JavaMethodCall> call(String owner, Set<String> methods) {
        return describe(
                "a call of " + owner + " " + methods,
                call -> call.getTargetOwner().getFullName().equals(owner)
                        && methods.contains(call.getTarget().getName()));
    }
}
