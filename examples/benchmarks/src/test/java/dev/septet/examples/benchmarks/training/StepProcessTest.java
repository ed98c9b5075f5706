package dev.septet.examples.benchmarks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Programs that run out of memory at the start, in a step, and not at all. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class StepProcessTest {
    private static final String FULL = "echo '{\"outOfMemory\": true}'";
    private static final String READY = "echo '{\"ready\": true}'; read line; ";
    private static final String STEP =
            "echo '{\"seconds\": 2, \"tokens\": 4, \"loss\": 1, \"cardMemory\": 7}'; read line; ";

    @Test
    void aModelThatDoesNotFitIsNoFailure() throws IOException {
        assertThatThrownBy(() -> run(FULL)).isInstanceOf(StepProcess.DoesNotFit.class);
        assertThatThrownBy(() -> run(READY + STEP + FULL)).isInstanceOf(StepProcess.DoesNotFit.class);
        assertThatThrownBy(() -> run(READY + "exit 1"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(StepProcess.DoesNotFit.class);
    }

    @Test
    void theTableNamesTheProgramsThatDoNotFit() throws IOException {
        SpeedComparison comparison = new SpeedComparison("8B", "none", List.of());
        List<Measured> measured = run(READY + STEP.repeat(4));

        assertThat(StepTable.of(comparison, measured, List.of("TRL")))
                .contains("| Septet | 500.00 |")
                .contains("| TRL | does not fit | | | | | | | | |");
        assertThat(StepTable.of(comparison, List.of(), List.of("Septet", "TRL")))
                .contains("| Septet | does not fit |");
    }

    private static List<Measured> run(String script) throws IOException {
        Contestant contestant = new Contestant("Septet", List.of("/bin/sh", "-c", script));
        return Race.run(new SpeedComparison("8B", "none", List.of(contestant)), 1, 1);
    }
}
