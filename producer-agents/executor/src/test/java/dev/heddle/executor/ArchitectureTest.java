package dev.heddle.executor;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "dev.heddle", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule agentsDependOnNoOtherRole = noClasses()
            .that()
            .resideInAnyPackage("dev.heddle.agents..", "dev.heddle.executor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.heddle.edge..", "dev.heddle.replay..", "dev.heddle.local..");

    @ArchTest
    static final ArchRule theApiKnowsNoRuntimeAndNoCommandLine = noClasses()
            .that()
            .resideInAPackage("dev.heddle.agents")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.heddle.executor..", "picocli..", "io.micrometer.prometheusmetrics..", "io.vertx..");

    @ArchTest
    static final ArchRule examplesUseOnlyWhatATeamWouldUse = noClasses()
            .that()
            .resideInAPackage("dev.heddle.agents.examples")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.heddle.executor..", "dev.heddle.event..", "org.apache.kafka..")
                    .and(not(simpleName("Json").or(simpleName("UserKey")))));

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule theClockIsHandedAlong = noClasses()
            .that()
            .resideInAnyPackage("dev.heddle.agents..", "dev.heddle.executor..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule noThreadLocals = noClasses()
            .that()
            .resideInAnyPackage("dev.heddle.agents..", "dev.heddle.executor..")
            .should()
            .accessClassesThat()
            .areAssignableTo(ThreadLocal.class);

    @ArchTest
    static final ArchRule theEnvironmentIsReadInOnePlace = noClasses()
            .that()
            .resideInAnyPackage("dev.heddle.agents..", "dev.heddle.executor..")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule theRuntimesPartsAreItsOwn = classes()
            .that()
            .resideInAPackage("dev.heddle.executor")
            .and()
            .haveSimpleNameNotStartingWith("Executor")
            .and()
            .haveSimpleNameNotStartingWith("RunHistory")
            .and()
            .doNotHaveSimpleName("AgentRuntime")
            .and()
            .areTopLevelClasses()
            .should()
            .notBePublic();
}
