package dev.heddle.edge;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.SessionSink;
import dev.heddle.edge.protocol.EventsFrame;
import dev.heddle.event.EventItem;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;

/** The arrows of the edge's packages, and the calls that none of them makes. */
@AnalyzeClasses(packages = "dev.heddle.edge", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "dev.heddle.edge";
    private static final String HUB = "dev.heddle.edge.hub..";
    private static final String LOG = "dev.heddle.edge.log..";
    private static final String INDEX = "dev.heddle.edge.index..";
    private static final String SOCKET = "dev.heddle.edge.socket..";
    private static final String HTTP = "dev.heddle.edge.http..";
    private static final Set<String> WAITS =
            Set.of("await", "get", "join", "acquire", "take", "sync", "syncUninterruptibly", "awaitUninterruptibly");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
            .matching("dev.heddle.edge.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule theHubIsPlainJava = noClasses()
            .that()
            .resideInAPackage(HUB)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka..",
                    "io.vertx..",
                    "io.netty..",
                    "io.micrometer..",
                    LOG,
                    INDEX,
                    SOCKET,
                    "dev.heddle.auth..",
                    "dev.heddle.edge.command..",
                    "dev.heddle.edge.ops..",
                    "dev.heddle.edge.protocol..");

    @ArchTest
    static final ArchRule onlyTheLogAndItsIndexKnowKafka = noClasses()
            .that()
            .resideOutsideOfPackages(LOG, INDEX)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule theLogKnowsNothingOfSockets = noClasses()
            .that()
            .resideInAnyPackage(LOG, INDEX)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SOCKET, "dev.heddle.edge.protocol..", "dev.heddle.auth..", "io.vertx..");

    @ArchTest
    static final ArchRule socketsKnowNothingOfTheLog = noClasses()
            .that()
            .resideInAPackage(SOCKET)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LOG, INDEX);

    @ArchTest
    static final ArchRule theIndexKnowsNothingOfTheLog = noClasses()
            .that()
            .resideInAPackage(INDEX)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LOG);

    @ArchTest
    static final ArchRule wordsCommandsAndTokensKnowNoTransport = noClasses()
            .that()
            .resideInAnyPackage("dev.heddle.edge.protocol..", "dev.heddle.edge.command..", "dev.heddle.auth..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..", SOCKET, LOG, INDEX);

    @ArchTest
    static final ArchRule oneClassWritesEventsToASocketAndOneToAResponse = noClasses()
            .that()
            .resideOutsideOfPackage(HUB)
            .and()
            .doNotHaveSimpleName("WebSocketSink")
            .and()
            .doNotHaveSimpleName("ResponseSink")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(EventsFrame.class, EventItem.class, HubFrame.Events.class, SessionSink.class);

    @ArchTest
    static final ArchRule nothingDependsOnAFrontendButItsComposition = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, HTTP)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(HTTP);

    @ArchTest
    static final ArchRule aFrontendKnowsNeitherLogNorConnection = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LOG, INDEX, "dev.heddle.edge.command..", "io.netty..", "dev.heddle.auth..");

    @ArchTest
    static final ArchRule nobodySleepsOrReadsTheEnvironment = noClasses()
            .should()
            .callMethodWhere(target(owner(name(Thread.class.getName()))).and(target(name("sleep"))))
            .orShould()
            .callMethodWhere(target(owner(name(System.class.getName()))).and(target(name("getenv"))));

    @ArchTest
    static final ArchRule theWallClockIsHandedIn = noClasses()
            .that()
            .doNotBelongToAnyOf(Edge.class)
            .should()
            .callMethodWhere(target(owner(name(Instant.class.getName()))).and(target(name("now"))))
            .orShould()
            .callMethodWhere(target(owner(name(System.class.getName()))).and(target(name("currentTimeMillis"))))
            .orShould()
            .callMethodWhere(target(owner(name(Clock.class.getName()))).and(target(name("systemUTC"))));

    @ArchTest
    static final ArchRule nothingWaitsOutsideTheCompositionRootAndTheLogsOwnThreads = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, LOG, INDEX, HUB, "dev.heddle.edge.rehearsal..")
            .should()
            .callMethodWhere(waits());

    @ArchTest
    static final ArchRule theHubHasNoLocks = noClasses()
            .that()
            .resideInAPackage(HUB)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Lock.class);

    @ArchTest
    static final ArchRule nothingIsSynchronized =
            noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).allowEmptyShould(true);

    @ArchTest
    static final ArchRule namesSayHowAndNotThat = classes()
            .should()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Utils")
            .andShould()
            .haveSimpleNameNotEndingWith("Base")
            .andShould()
            .haveSimpleNameNotEndingWith("Impl");

    private static DescribedPredicate<JavaMethodCall> waits() {
        return describe(
                "a call that waits",
                call -> WAITS.contains(call.getTarget().getName()) && isWaiter(call.getTargetOwner()));
    }

    private static boolean isWaiter(JavaClass owner) {
        boolean keeper =
                owner.getSimpleName().contains("Map") || owner.getSimpleName().contains("List");
        boolean concurrent = owner.getPackageName().equals("java.util.concurrent");
        return (concurrent && !keeper)
                || owner.isAssignableTo(Future.class)
                || owner.isAssignableTo(io.vertx.core.Future.class);
    }

    /** The guard counts a connection's times by it; another handler would take its place in silence. */
    @ArchTest
    static final ArchRule onlyTheGuardHearsTheEndOfAnAnswer = noClasses()
            .should()
            .callMethodWhere(target(name("endHandler")).and(target(owner(assignableTo(HttpServerResponse.class)))))
            .orShould()
            .callMethodWhere(target(name("addEndHandler")));
}
