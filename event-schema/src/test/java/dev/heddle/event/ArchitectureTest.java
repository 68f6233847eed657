package dev.heddle.event;

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
    static final ArchRule theContractKnowsNoServer = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..", "dev.heddle.edge..", "dev.heddle.agents..");

    @ArchTest
    static final ArchRule eventsKnowNoTopicsAndNoConfiguration = noClasses()
            .that()
            .resideInAPackage("dev.heddle.event")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.heddle.event.topic..", "dev.heddle.config..");

    @ArchTest
    static final ArchRule eventsUseOfKafkaOnlyItsHash = noClasses()
            .that()
            .resideInAPackage("dev.heddle.event")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka.clients..", "org.apache.kafka.common.serialization..");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule theClockIsGivenFromOutside =
            noClasses().should().callMethod(Instant.class, "now").orShould().callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule onlyConfigurationReadsTheEnvironment = noClasses()
            .that()
            .resideOutsideOfPackage("dev.heddle.config..")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class);
}
