package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.testing.NodeProject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The documents against the code: the AsyncAPI document is valid and describes every golden frame, every name leads
 * somewhere.
 */
class DocsCheckTest {
    private static final NodeProject CHECK = new NodeProject(Path.of("../docs/check"));

    @Test
    void theWireDocumentDescribesWhatTheCodeSends() {
        run("npm", "test", "--silent");
    }

    @Test
    void everyNameInTheDocumentsLeadsSomewhere() {
        run("npm", "run", "--silent", "paths");
    }

    private static void run(String... command) {
        NodeProject.Outcome outcome = CHECK.run(List.of(command));
        assertEquals(0, outcome.exitCode(), outcome.output());
    }
}
