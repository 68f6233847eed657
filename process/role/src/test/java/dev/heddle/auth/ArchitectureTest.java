package dev.heddle.auth;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** What the verifier, which every role with a public port uses, must not know. */
@AnalyzeClasses(packages = "dev.heddle.auth", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule itKnowsNoRoleAndNoTransport = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.heddle.edge..",
                    "dev.heddle.agents..",
                    "dev.heddle.replay..",
                    "dev.heddle.local..",
                    "io.vertx..",
                    "io.netty..");

    @ArchTest
    static final ArchRule theClockIsHandedIn = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule nobodySleepsOrReadsTheEnvironment = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(System.class, "getenv", String.class);
}
