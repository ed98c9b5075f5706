package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code plan} says of short trainings of candidates. */
class PlanCandidatesTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    @TempDir
    private Path home = Path.of("");

    @Test
    void theStepsOfTheShortTrainingsAreSaid() throws IOException {
        StringBuilder rows = new StringBuilder("prompt,completion\n");
        for (int row = 0; row < 100; row++) {
            rows.append(String.format(Locale.ROOT, "say %d,%d\n", row, row));
        }
        Files.writeString(home.resolve("rows.csv"), rows);
        Files.createSymbolicLink(home.resolve("one"), QUICKSTART.resolve("base-model"));
        Files.createSymbolicLink(home.resolve("two"), QUICKSTART.resolve("base-model"));
        Files.createDirectory(home.resolve("gone"));
        Path file = Files.writeString(home.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { dataset 'rows.csv'; split train: 80.percent, validation: 10.percent, test: 10.percent }
                initialize { candidates 'one', 'two', 'gone', steps: 5, keep: 3 }
                train      { method lora(); batch size: 10; epochs 2 }
            }
            """);
        Captured septet = new Captured(home);
        assertThat(septet.run("plan", "--data", QUICKSTART, file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Models   3 candidates, of which a run chooses one by the losses of the validation rows\n",
                        "         gone left out: ",
                        "         The best 2 of the losses train for 5 steps each; 10 steps, and the chosen one"
                                + " continues from its own\n"
                                + "         Their time is known once setup has measured a step on this machine\n"
                                + "         The other lines are of the largest one, ");

        assertThat(septet.run("plan", "--json", "--data", QUICKSTART, file)).isEqualTo(ExitCode.OK);
        JsonNode training = SpecJson.mapper().readTree(septet.out()).at("/candidates/training");
        assertThat(training.toString()).isEqualTo("{\"continues\":true,\"steps\":5,\"trained\":2}");
    }
}
