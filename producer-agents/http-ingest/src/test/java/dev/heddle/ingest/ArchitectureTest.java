package dev.heddle.ingest;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.heddle.topic.FencedProducer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;

@AnalyzeClasses(packages = "dev.heddle.ingest", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ingestDependsOnNoOtherRole = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.heddle.edge..", "dev.heddle.agents..", "dev.heddle.replay..", "dev.heddle.local..");

    @ArchTest
    static final ArchRule onlyTheChunkedWriterWrites = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ChunkedWriter.class.getName())
            .should()
            .callMethod(FencedProducer.class, "take", String.class, Duration.class, Map.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Producer.class);

    @ArchTest
    static final ArchRule onlyTheServersKnowVertx = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(IngestServer.class.getName())
            .and()
            .doNotHaveFullyQualifiedName(Ingest.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..");

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

    /** The guard counts a connection's times by it; another handler would take its place in silence. */
    @ArchTest
    static final ArchRule onlyTheGuardHearsTheEndOfAnAnswer = noClasses()
            .should()
            .callMethodWhere(target(name("endHandler")).and(target(owner(assignableTo(HttpServerResponse.class)))))
            .orShould()
            .callMethodWhere(target(name("addEndHandler")));
}
