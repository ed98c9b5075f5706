package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fault that trainer-faults.md and endpoints.md list has a test that exists. */
class TrainerFaultsPageTest {
    private static final Pattern ROW = Pattern.compile("\\| (.+) \\| (.+) \\| (.+) \\| (`.+`) \\|");

    @ParameterizedTest
    @CsvSource({"trainer-faults.md, 26", "endpoints.md, 9"})
    void namesTestsThatExist(String page, int least) throws IOException {
        List<String> wrong = new ArrayList<>();
        int faults = 0;
        for (String line :
                Files.readAllLines(NamedTest.CHECKOUT.resolve(".github/docs").resolve(page))) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                assertThat(line).as("a row with another shape").doesNotContain("Test#");
                continue;
            }
            faults++;
            for (NamedTest test : NamedTest.in(row.group(4))) {
                if (test.method().isEmpty() || !test.exists()) {
                    wrong.add("%s: there is no test %s".formatted(row.group(1), test));
                }
            }
        }
        assertThat(faults).as("the tables are read").isGreaterThanOrEqualTo(least);
        assertThat(wrong).isEmpty();
    }
}
