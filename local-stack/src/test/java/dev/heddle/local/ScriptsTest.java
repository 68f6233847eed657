package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of fleets and charts, on the shells that people have: macOS ships bash 3.2. */
class ScriptsTest {
    private static final Pattern EMPTY_LIST = Pattern.compile("(?m)(?:^|[ ;&])([a-z_]+)=\\(\\)");
    private static final Path ROOT = Path.of("..");

    private static List<Path> scripts() throws IOException {
        List<Path> scripts = new ArrayList<>();
        for (String directory : List.of("docker", "docker/stand-ins", "deploy", ".ci")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (Files.readString(file).startsWith("#!/usr/bin/env bash") || file.endsWith("fleet.sh")) {
                        scripts.add(file);
                    }
                }
            }
        }
        assertTrue(scripts.size() >= 10, scripts::toString);
        return scripts;
    }

    /** Before bash 4.4 an empty list counts as unset, which set -u ends the script for. */
    @Test
    void noListThatMayBeEmptyIsExpandedAsIfItCouldNot() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path script : scripts()) {
            String text = Files.readString(script);
            Matcher lists = EMPTY_LIST.matcher(text);
            while (lists.find()) {
                String bare = "\"${" + lists.group(1) + "[@]}\"";
                String guarded = "${" + lists.group(1) + "[@]+" + bare + "}";
                // A branch that looks at the number of elements, or that has just added one, will do as well.
                boolean counted = text.contains("${#" + lists.group(1) + "[@]} -gt 0")
                        || text.contains("# Never empty: " + lists.group(1));
                if (!counted && text.replace(guarded, "").contains(bare)) {
                    found.add(script + ": " + bare);
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void theShellsReadThem() throws Exception {
        for (Path script : scripts()) {
            assertEquals("", run(List.of("bash", "-n", script.toString()), Map.of()));
            assertEquals("", run(List.of("bash", "--posix", "-n", script.toString()), Map.of()));
        }
        assertEquals("", run(List.of("sh", "-n", ROOT.resolve("heddle").toString()), Map.of()));
    }

    /** With a heddle that only tells what it was asked. */
    @Test
    void aReleaseIsTriedWithItsOwnIssuerOrWithTokensOfOthers(@TempDir Path root) throws Exception {
        Path heddle = root.resolve("heddle");
        Files.writeString(heddle, "#!/bin/sh\nprintf '[%s]' \"$@\"\ncase \"$*\" in *--token*) cat ;; esac\n");
        assertTrue(heddle.toFile().setExecutable(true));
        Path smoke = Files.copy(
                ROOT.resolve("deploy/smoke"),
                Files.createDirectory(root.resolve("deploy")).resolve("smoke"));
        List<String> call = List.of("bash", smoke.toString(), "release", "--url", "https://a");

        assertEquals(
                "[smoke][--url][https://a][--key][k][--issuer][https://id][--audience][events]",
                run(with(call, "--key", "k", "--issuer", "https://id", "--audience", "events"), Map.of()));
        assertEquals(
                "[smoke][--url][https://a][--token][/dev/stdin]one\ntwo\n",
                run(call, Map.of("HEDDLE_SMOKE_TOKENS", "one two")));
        assertTrue(run(call, Map.of()).startsWith("usage: deploy/smoke"));
    }

    private static List<String> with(List<String> call, String... more) {
        List<String> all = new ArrayList<>(call);
        all.addAll(List.of(more));
        return all;
    }

    private static String run(List<String> command, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("HEDDLE_SMOKE_TOKENS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return told;
    }
}
