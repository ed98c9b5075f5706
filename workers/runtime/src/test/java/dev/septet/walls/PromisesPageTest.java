package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each promise that promises.md lists is a sentence of its page and has a test that exists. */
class PromisesPageTest {
    private static final Path PAGES = NamedTest.CHECKOUT.resolve(".github/docs");
    private static final Pattern ROW = Pattern.compile("\\| (.+) \\| \\[[^\\]]+\\]\\(([^)]+)\\) \\| (.+) \\|");

    @Test
    void quotesThePagesAndNamesTests() throws IOException {
        List<String> wrong = new ArrayList<>();
        int promises = 0;
        for (String line : Files.readAllLines(PAGES.resolve("promises.md"))) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                assertThat(line).as("a row with another shape").doesNotContain("| `");
                continue;
            }
            promises++;
            String page = Files.readString(PAGES.resolve(row.group(2))).replaceAll("\\s+", " ");
            if (!page.contains(row.group(1))) {
                wrong.add("%s does not say: %s".formatted(row.group(2), row.group(1)));
            }
            List<NamedTest> tests = NamedTest.in(row.group(3));
            if (tests.isEmpty()) {
                wrong.add("has no test: " + row.group(1));
            }
            for (NamedTest test : tests) {
                if (!test.exists()) {
                    wrong.add("there is no test " + test);
                }
            }
        }
        assertThat(promises).as("the table is read").isGreaterThan(40);
        assertThat(wrong).isEmpty();
    }
}
