package dev.septet.examples.kills;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The quickstart's model, trained by the real activity in processes of its own that are killed at
 * random instants. examples/benchmarks/kills.sh is the long run, with every method.
 */
@Tag("long")
class MortalTrainingIT {
    private static final Path MODEL =
            Path.of("../quickstart/base-model").toAbsolutePath().normalize();
    private static final int STEPS = 24;

    @ParameterizedTest
    @CsvSource({"lora(), float32, 2, 6, 1", "lora(), bf16, 2, 3, 3", "full(), float32, 2, 3, 2"})
    void killedTrainingsEndInTheUndisturbedOnesBytes(
            String method, String precision, int threads, int kills, long seed, @TempDir Path folder) throws Exception {
        Kills.Outcome outcome =
                new Kills(folder, Kills.stages(method, precision, STEPS), MODEL, threads, seed).run(kills);

        assertThat(outcome.kills()).isEqualTo(kills);
        assertThat(outcome.runs()).isPositive();
        assertThat(outcome.equal()).isEqualTo(outcome.runs());
    }
}
