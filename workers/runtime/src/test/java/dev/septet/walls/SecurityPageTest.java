package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tests that SECURITY.md names exist, with the methods that it names. */
class SecurityPageTest {
    private static final int TEST_COLUMN = 4;
    private static final int COLUMNS = 6;

    @Test
    void namesTestsThatExist() throws IOException {
        List<NamedTest> missing = new ArrayList<>();
        int named = 0;
        for (String line : Files.readAllLines(NamedTest.CHECKOUT.resolve(".github/SECURITY.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length <= COLUMNS) {
                continue;
            }
            for (NamedTest test : NamedTest.in(cells[TEST_COLUMN])) {
                named++;
                if (!test.exists()) {
                    missing.add(test);
                }
            }
        }
        assertThat(named).as("the table is read").isGreaterThan(40);
        assertThat(missing).isEmpty();
    }
}
