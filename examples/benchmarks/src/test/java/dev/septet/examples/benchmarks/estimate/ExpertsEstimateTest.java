package dev.septet.examples.benchmarks.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("long")
class ExpertsEstimateTest {
    @TempDir
    Path folder;

    /** Peaks in MB that RESULTS.md has, the least after 3 steps and the most after 40 to 80. */
    @ParameterizedTest
    @CsvSource({"true, false, 735, 888", "true, true, 560, 636", "false, false, 880, 895", "false, true, 613, 648"})
    void isNearWhatATrainingTakesAtFirstAndLater(boolean bf16, boolean recompute, double first, double later)
            throws IOException {
        Path model = RandomFamily.MIXTRAL.write(folder);
        EstimatedRun.Setup setup =
                new EstimatedRun.Setup(model.toString(), folder.toString(), "lora", bf16, recompute, false, 80);
        double megabytes = EstimatedRun.estimate(setup) / 1e6;
        assertThat(megabytes).isCloseTo(first, withPercentage(15));
        assertThat(megabytes).isCloseTo(later, withPercentage(15));
    }
}
