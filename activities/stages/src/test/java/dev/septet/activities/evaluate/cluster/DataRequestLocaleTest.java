package dev.septet.activities.evaluate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts in files and histories do not depend on the locale of the machine. */
class DataRequestLocaleTest {
    private static final DataRequest REQUEST = new DataRequest(
            1,
            "tickets",
            "exactMatch",
            "exactMatch is 0",
            12_345,
            6_789,
            null,
            List.of(new DataRequest.Wanted(
                    "refund", List.of("money"), 4_321, 1_234, 0.181765, 98_765, 1_500, List.of())),
            List.of());

    private static final Progress TRAINING =
            new Progress("training", 1_000, 2_000, "steps", 1.25, 43_210.0, 7_265.0, null, null);

    /** German has other separators. Persian has other digits, too. */
    @ParameterizedTest
    @CsvSource({"de, DE", "fa, IR"})
    void theLocaleOfTheMachineChangesNothing(String language, String country) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Duser.language=" + language,
                        "-Duser.country=" + country,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Texts.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(printed).isEqualTo(Texts.all());
    }

    @Test
    void theNumbersAreThoseOfEnglish() throws IOException {
        assertThat(Texts.all())
                .contains("12,345", "98,765 more training rows, and 1,500 more test rows", "1,000 of 2,000");
    }

    /** Runs in a process with another locale. */
    static final class Texts {
        private Texts() {}

        public static void main(String[] arguments) throws IOException {
            System.out.write(all().getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }

        static String all() throws IOException {
            return REQUEST.markdown() + REQUEST.json() + TRAINING.line();
        }
    }
}
