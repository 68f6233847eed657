package dev.heddle.replay;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Instant;

/** The arrows of the tool's packages, and that only what says so writes. */
@AnalyzeClasses(packages = "dev.heddle.replay", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
            .matching("dev.heddle.replay.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTransferWritesRecords = noClasses()
            .that()
            .resideOutsideOfPackage("dev.heddle.replay.transfer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.clients.producer..");

    @ArchTest
    static final ArchRule onlyImportAndRepublishCanWrite = noClasses()
            .that()
            .resideInAPackage("dev.heddle.replay")
            .and()
            .doNotHaveSimpleName("ImportCommand")
            .and()
            .doNotHaveSimpleName("RepublishCommand")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("LogWriter")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("TopicCopy");

    @ArchTest
    static final ArchRule theLogKnowsNothingOfOutput = noClasses()
            .that()
            .resideInAPackage("dev.heddle.replay.log")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.heddle.replay",
                    "dev.heddle.replay.output",
                    "dev.heddle.replay.verify",
                    "dev.heddle.replay.transfer");

    @ArchTest
    static final ArchRule rolesDoNotDependOnEachOther = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.heddle.edge..", "dev.heddle.agents..", "dev.heddle.local..");

    @ArchTest
    static final ArchRule nobodySleepsOrReadsTheClockOrTheEnvironment = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule namesSayHowAndNotThat = classes()
            .should()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Utils");
}
