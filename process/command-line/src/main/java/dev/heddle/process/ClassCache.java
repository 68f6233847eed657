package dev.heddle.process;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The cache of loaded classes that this JVM was started with; from Java 25 on it is an AOT cache (JEP 514), which also
 * holds method profiles (JEP 515). The {@code heddle} script names it in a property of its own, because a JVM that
 * drops a cache starts without a word.
 *
 * @param file the cache that the JVM was given; empty if it was given none
 * @param isUsed true if the JVM has mapped it, false if it dropped it because it does not fit or is damaged. A JVM
 *     before 25 that drops an archive because of its class path maps its own instead, which looks the same
 */
public record ClassCache(Optional<Path> file, boolean isUsed) {
    private static final String FILE = "heddle.cache";
    private static final String JVM = "java.vm.info";
    /** The JVM's word for a mapped cache. A JVM that drops the cache that it was given maps none. */
    private static final String MAPPED = "sharing";

    private static final int PROFILES_SINCE = 25;

    /** The cache of this JVM. */
    public static ClassCache ofThisJvm() {
        return of(System.getProperty(FILE, ""), System.getProperty(JVM, ""));
    }

    static ClassCache of(String file, String jvm) {
        return file.isEmpty()
                ? new ClassCache(Optional.empty(), false)
                : new ClassCache(Optional.of(Path.of(file)), jvm.contains(MAPPED));
    }

    /** True if the JVM starts with the method profiles of an earlier run, so that it compiles well from the start. */
    public boolean hasProfiles() {
        return isUsed && Runtime.version().feature() >= PROFILES_SINCE;
    }

    /** Logs one line if the JVM has dropped the cache that it was given. */
    public void logIfDropped() {
        if (file.isPresent() && !isUsed) {
            LoggerFactory.getLogger(ClassCache.class)
                    .atWarn()
                    .addKeyValue("cache", file.get())
                    .log("The JVM dropped a cache that does not fit or is damaged; 'heddle warm' makes it anew");
        }
    }

    /** One line for a person: the cache and its use. */
    public String describe() {
        return file.map(path -> (isUsed ? "in use, " : "dropped, it does not fit or is damaged: ") + path)
                .orElse("none");
    }
}
