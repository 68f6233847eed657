package dev.heddle.testing;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The cycles of classes inside packages, found by the JDK's {@code jdeps} in compiled classes. A nested class counts as
 * its outermost one. A sealed type counts as one with its permitted subtypes, since each must name the other.
 */
public final class ClassCycles {
    private static final Pattern DEPENDENCY = Pattern.compile("^ {3}(\\S+) +-> (\\S+)");

    private final String prefix;
    /** The classes of the same package that each class depends on, sealed hierarchies joined. */
    private final Map<String, Set<String>> graph = new TreeMap<>();

    private final Map<String, Integer> found = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final List<Set<String>> cycles = new ArrayList<>();

    private ClassCycles(String prefix) {
        this.prefix = prefix;
    }

    /**
     * The cycles, each as the sorted names of its classes.
     *
     * @param places directories and jars of compiled classes, which are on the class path, too
     * @param prefix of the names of the packages that are looked at
     */
    public static List<Set<String>> in(Collection<Path> places, String prefix) {
        ClassCycles cycles = new ClassCycles(prefix);
        cycles.read(places);
        for (String each : List.copyOf(cycles.graph.keySet())) {
            if (!cycles.found.containsKey(each)) {
                cycles.visit(each);
            }
        }
        return List.copyOf(cycles.cycles);
    }

    private void read(Collection<Path> places) {
        List<String> arguments = new ArrayList<>(List.of("-verbose:class", "-filter:none", "--multi-release", "base"));
        places.forEach(place -> arguments.add(place.toString()));
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int exit = jdeps.run(new PrintWriter(out), new PrintWriter(out), arguments.toArray(String[]::new));
        if (exit != 0) {
            throw new IllegalStateException("jdeps ended with " + exit + ": " + out);
        }
        Map<String, String> sealed = new HashMap<>();
        List<String[]> dependencies = new ArrayList<>();
        out.toString().lines().map(DEPENDENCY::matcher).filter(Matcher::find).forEach(line -> {
            String from = line.group(1);
            String to = line.group(2);
            if (from.startsWith(prefix)) {
                dependencies.add(new String[] {from, to});
                join(from, sealed);
            }
        });
        for (String[] dependency : dependencies) {
            String from = rootOf(outermost(dependency[0]), sealed);
            String to = rootOf(outermost(dependency[1]), sealed);
            Set<String> targets = graph.computeIfAbsent(from, key -> new TreeSet<>());
            if (!from.equals(to) && packageOf(from).equals(packageOf(to))) {
                targets.add(to);
                graph.computeIfAbsent(to, key -> new TreeSet<>());
            }
        }
    }

    /** Notes for each outermost class of a permitted subtype that of its sealed type. */
    private static void join(String name, Map<String, String> sealed) {
        Class<?> @Nullable [] permitted;
        try {
            permitted = Class.forName(name, false, ClassCycles.class.getClassLoader())
                    .getPermittedSubclasses();
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalStateException(name + " is not on the class path", e);
        }
        if (permitted != null) {
            for (Class<?> subtype : permitted) {
                String root = rootOf(outermost(name), sealed);
                String joined = rootOf(outermost(subtype.getName()), sealed);
                if (!root.equals(joined)) {
                    sealed.put(joined, root);
                }
            }
        }
    }

    private static String rootOf(String name, Map<String, String> sealed) {
        String root = name;
        for (String next = sealed.get(root); next != null; next = sealed.get(root)) {
            root = next;
        }
        return root;
    }

    private static String outermost(String name) {
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.') + 1);
    }

    /** Tarjan's search for strongly connected components. */
    private void visit(String name) {
        int number = found.size();
        found.put(name, number);
        lowest.put(name, number);
        path.push(name);
        for (String next : graph.getOrDefault(name, Set.of())) {
            if (!found.containsKey(next)) {
                visit(next);
                lowest.merge(name, lowest.getOrDefault(next, number), Math::min);
            } else if (path.contains(next)) {
                lowest.merge(name, found.getOrDefault(next, number), Math::min);
            }
        }
        if (lowest.getOrDefault(name, number) == number) {
            Set<String> component = new TreeSet<>();
            String last;
            do {
                last = path.pop();
                component.add(last);
            } while (!last.equals(name));
            if (component.size() > 1) {
                cycles.add(component);
            }
        }
    }
}
