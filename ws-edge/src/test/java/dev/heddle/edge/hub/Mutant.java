package dev.heddle.edge.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the hub with something broken on purpose: some lines of its source are exchanged, the files they are in are
 * compiled against the hub as it is, and the simulation runs against the copy. The hub itself has no switch for this.
 *
 * @param promise that the copy breaks
 * @param edits what is exchanged
 */
record Mutant(String name, Promise promise, List<Edit> edits) {
    private static final Path SOURCES = Path.of("src/main/java/dev/heddle/edge/hub");
    private static final String HUB = "dev.heddle.edge.hub.";

    /**
     * An exchange in one file.
     *
     * @param find what stands there now; exactly once
     */
    record Edit(String file, String find, String replace) {}

    @Override
    public String toString() {
        return name;
    }

    /** Runs schedules until one convicts the copy. The broken promise's name; null if none did. */
    @Nullable
    String convict(Path directory, int schedules) {
        Path classes = compile(directory);
        try (HubFirst loader = new HubFirst(classes)) {
            Class<?> simulation = Class.forName(HUB + "SimulationTest", true, loader);
            Method firstBroken = simulation.getDeclaredMethod("firstBroken", int.class);
            firstBroken.setAccessible(true);
            return (String) firstBroken.invoke(null, schedules);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the simulation did not run against the copy", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path compile(Path directory) {
        try {
            Path sources = Files.createDirectories(directory.resolve("sources"));
            Path classes = Files.createDirectories(directory.resolve("classes"));
            Set<String> broken = edits.stream().map(Edit::file).collect(Collectors.toSet());
            List<String> arguments = new ArrayList<>(List.of(
                    "-nowarn", "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")));
            for (String file : broken) {
                Path copy = sources.resolve(file);
                Files.writeString(copy, edited(SOURCES.resolve(file)));
                arguments.add(copy.toString());
            }
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
                throw new AssertionError("the copy for '" + name + "' does not compile");
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String edited(Path file) throws IOException {
        String source = Files.readString(file);
        for (Edit edit : edits) {
            if (file.getFileName().toString().equals(edit.file())) {
                int at = source.indexOf(edit.find());
                if (at < 0 || source.indexOf(edit.find(), at + 1) >= 0) {
                    throw new AssertionError("'" + edit.find() + "' does not stand exactly once in " + edit.file()
                            + ": mend this mutant");
                }
                source = source.replace(edit.find(), edit.replace());
            }
        }
        return source;
    }

    /** Loads the hub, and the tests that see its inside, from the copy; everything else as usual. */
    private static final class HubFirst extends URLClassLoader {
        HubFirst(Path classes) throws IOException {
            super(
                    new URL[] {
                        classes.toUri().toURL(),
                        Path.of("target/classes").toUri().toURL(),
                        Path.of("target/test-classes").toUri().toURL()
                    },
                    Mutant.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String className, boolean resolve) throws ClassNotFoundException {
            if (!className.startsWith(HUB)) {
                return super.loadClass(className, resolve);
            }
            synchronized (getClassLoadingLock(className)) {
                Class<?> loaded = findLoadedClass(className);
                return loaded == null ? findClass(className) : loaded;
            }
        }
    }
}
