package dev.septet.workers.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;

import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final String NONE = "0".repeat(64);

    /** What frozen layers put out is kept of the validation split too. */
    @Test
    void countsTokensOfBothSplitsThatATrainingReads() {
        assertThat(Planner.tokensLookedAt(dataset(100, 20, 3000))).isEqualTo(3600);
        assertThat(Planner.tokensLookedAt(dataset(100, 0, 3000))).isEqualTo(3000);
        assertThat(Planner.tokensLookedAt(dataset(0, 20, 0))).isZero();
    }

    private static DatasetRef dataset(long train, long validation, long tokens) {
        ArtifactRef artifact = new ArtifactRef("store:artifacts/" + NONE, NONE, 1);
        Origin origin = new Origin(NONE, null, "made for a test");
        return new DatasetRef(artifact, train, validation, 5, tokens, 40, 0, 0, 0, origin);
    }
}
