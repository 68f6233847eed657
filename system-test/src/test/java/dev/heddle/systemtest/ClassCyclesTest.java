package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ClassCycles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No class of Heddle knows, on whatever way through its package, a class that knows it. */
class ClassCyclesTest {
    private static final String PACKAGES = "dev/heddle/";

    @Test
    void noPackageOfAnyModuleHasACycleOfClasses() {
        List<Path> places = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .map(Path::of)
                .filter(ClassCyclesTest::isOurs)
                .toList();
        assertTrue(places.size() > 10, "modules on the class path: " + places);
        assertEquals(List.of(), ClassCycles.in(places, PACKAGES.replace('/', '.')));
    }

    private static boolean isOurs(Path place) {
        if (Files.isDirectory(place)) {
            return Files.isDirectory(place.resolve(PACKAGES));
        }
        if (!Files.isRegularFile(place)) {
            return false;
        }
        try (JarFile jar = new JarFile(place.toFile())) {
            return jar.stream().anyMatch(entry -> entry.getName().startsWith(PACKAGES));
        } catch (IOException e) {
            return false;
        }
    }
}
