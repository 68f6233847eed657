package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.config.InvalidSettingException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentRegistryTest {

    /** A team's jar on the class path, whose agent has the name of another. */
    public static final class SecondEcho implements AgentProvider {
        @Override
        public Collection<AgentSpec> agents() {
            return List.of(new AgentSpec("echo", "Another.", () -> (context, out) -> {}));
        }
    }

    private static AgentRegistry discovered(Path directory, String provider) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(AgentProvider.class.getName()), provider);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader with =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            thread.setContextClassLoader(with);
            return AgentRegistry.discovered();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void findsWhatIsOnTheClassPath() {
        assertTrue(AgentRegistry.discovered().find("echo").isPresent());
        assertEquals(List.of(), AgentRegistry.of().agents());
    }

    @Test
    void namesBothProvidersOfAnAgentThatIsThereTwice(@TempDir Path directory) {
        InvalidSettingException refusal =
                assertThrows(InvalidSettingException.class, () -> discovered(directory, SecondEcho.class.getName()));
        assertTrue(refusal.getMessage().startsWith("two agents are called 'echo': of "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("ExampleAgents"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("SecondEcho"), refusal.getMessage());
    }

    @Test
    void namesAProviderThatIsNotThere(@TempDir Path directory) {
        InvalidSettingException refusal =
                assertThrows(InvalidSettingException.class, () -> discovered(directory, "com.example.NoSuchAgents"));
        assertTrue(refusal.getMessage().contains("com.example.NoSuchAgents"), refusal.getMessage());
    }
}
