package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tests that SECURITY.md names exist, with the methods that it names. */
class SecurityPageTest {
    private static final Path CHECKOUT = Path.of("..");
    private static final int TEST_COLUMN = 4;
    private static final int COLUMNS = 6;
    private static final Pattern NAME = Pattern.compile("`([\\w./-]+)(?:#(\\w+))?`");

    @Test
    void namesTestsThatExist() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String line : Files.readAllLines(CHECKOUT.resolve(".github/SECURITY.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length <= COLUMNS || !cells[TEST_COLUMN].contains("`")) {
                continue;
            }
            Matcher names = NAME.matcher(cells[TEST_COLUMN]);
            while (names.find()) {
                named++;
                if (!exists(names.group(1), Optional.ofNullable(names.group(2)))) {
                    missing.add(names.group());
                }
            }
        }
        assertThat(named).as("the table is read").isGreaterThan(40);
        assertThat(missing).isEmpty();
    }

    private static boolean exists(String name, Optional<String> method) throws IOException {
        if (name.startsWith(".ci/")) {
            return Files.exists(CHECKOUT.resolve(name));
        }
        try (Stream<Path> modules = Files.list(CHECKOUT)) {
            for (Path module : modules.filter(Files::isDirectory).toList()) {
                Path tests = module.resolve("src/test/java");
                if (Files.isDirectory(tests) && declares(tests, name, method)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean declares(Path tests, String name, Optional<String> method)
            throws IOException {
        try (Stream<Path> files = Files.walk(tests)) {
            for (Path file : files.filter(file -> file.endsWith(name + ".java")).toList()) {
                if (method.isEmpty()
                        || Files.readString(file).contains("void " + method.get() + "(")) {
                    return true;
                }
            }
        }
        return false;
    }
}
