package dev.heddle.langchain4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.heddle.agents.RunEmitter;
import java.time.Instant;

@AnalyzeClasses(packages = "dev.heddle.langchain4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theAdapterUsesOnlyWhatATeamWouldUse = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.heddle.executor..",
                    "dev.heddle.edge..",
                    "dev.heddle.ingest..",
                    "dev.heddle.local..",
                    "org.apache.kafka..");

    @ArchTest
    static final ArchRule oneClassEmits = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(RunNarrator.class.getName())
            .should()
            .callMethod(RunEmitter.class, "emit", com.fasterxml.jackson.databind.node.ObjectNode.class);

    @ArchTest
    static final ArchRule whoseRunItIsIsHandedAlong =
            noClasses().should().accessClassesThat().areAssignableTo(ThreadLocal.class);

    @ArchTest
    static final ArchRule nobodySleepsOrAsksTheClock = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "getenv", String.class);
}
