package dev.septet.walls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A test that a page names.
 *
 * @param name of the class, or a path below {@code .ci}
 * @param method empty for the whole class
 */
record NamedTest(String name, String method) {
    static final Path CHECKOUT = Path.of("..", "..");

    private static final Pattern NAME = Pattern.compile("`([\\w./-]+)(?:#(\\w+))?`");

    /** The tests that a cell of a table names. */
    static List<NamedTest> in(String cell) {
        List<NamedTest> tests = new ArrayList<>();
        Matcher names = NAME.matcher(cell);
        while (names.find()) {
            tests.add(new NamedTest(names.group(1), names.group(2) == null ? "" : names.group(2)));
        }
        return tests;
    }

    /** Whether there is such a test. */
    boolean exists() throws IOException {
        if (name.startsWith(".ci/")) {
            return Files.exists(CHECKOUT.resolve(name));
        }
        for (Path module : modules()) {
            Path tests = module.resolve("src/test/java");
            if (Files.isDirectory(tests) && declared(tests)) {
                return true;
            }
        }
        return false;
    }

    /** The folders of all modules with sources. */
    static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.walk(CHECKOUT, 2)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .filter(folder -> Files.isDirectory(folder.resolve("src")))
                    .sorted()
                    .toList();
        }
    }

    private boolean declared(Path tests) throws IOException {
        try (Stream<Path> files = Files.walk(tests)) {
            for (Path file : files.filter(file -> file.endsWith(name + ".java")).toList()) {
                if (method.isEmpty() || Files.readString(file).contains("void " + method + "(")) {
                    return true;
                }
            }
        }
        return false;
    }
}
