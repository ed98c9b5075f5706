package dev.septet.examples.e2e;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** One kill of a short training, for the quick suite; {@link KillIT} kills every process in every stage. */
class OneKillIT extends KilledRuns {
    private static final int STEPS = 30;

    OneKillIT() {
        super(STEPS);
    }

    @Test
    void aKilledTrainingLosesAtMostOneIntervalAndNoBit() throws IOException {
        killTraining("once", 1);
    }
}
