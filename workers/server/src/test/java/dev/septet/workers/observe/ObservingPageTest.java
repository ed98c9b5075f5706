package dev.septet.workers.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page about metrics lists those that are declared. With {@code -Dgolden.update=true} the test writes the list. */
class ObservingPageTest {
    private static final Path PAGE = Path.of("..", "..", ".github", "docs", "observing.md");
    private static final String BEGIN = "| metric | kind | labels | meaning |\n| --- | --- | --- | --- |\n";

    @Test
    void listsEveryMetric() throws IOException {
        StringBuilder table = new StringBuilder();
        for (ProcessMetric metric : ProcessMetric.values()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s | %s |%n",
                    metric.series(),
                    metric.kind().name().toLowerCase(Locale.ROOT),
                    metric.labels().isEmpty() ? "-" : String.join(", ", metric.labels()),
                    metric.description().replaceFirst("\\.$", "")));
        }
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf("\n\n", begin - 1) + 1;
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(Math.max(end, begin)));
            return;
        }
        assertThat(page.substring(begin, end)).isEqualTo(table.toString());
    }
}
