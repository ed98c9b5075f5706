package dev.septet.workers.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.spec.TrainSpec;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;

import org.junit.jupiter.api.Test;

import java.util.Map;

class PlannerTest {
    private static final String NONE = "0".repeat(64);

    /** What frozen layers put out is kept of the validation split too. */
    @Test
    void countsTokensOfBothSplitsThatATrainingReads() {
        assertThat(Planner.tokensLookedAt(dataset(100, 20, 3000))).isEqualTo(3600);
        assertThat(Planner.tokensLookedAt(dataset(100, 0, 3000))).isEqualTo(3000);
        assertThat(Planner.tokensLookedAt(dataset(0, 20, 0))).isZero();
    }

    /** How many evaluations epochs give is known once the data is prepared. */
    @Test
    void saysWhyAStopCannotEndATrainingEarly() {
        TrainSpec epochs = train("epochs 3; validate every: 50.steps; stop patience: 3");
        assertThat(Planner.idleStop(epochs, null)).isNull();
        assertThat(Planner.idleStop(epochs, 201L)).isNull();
        assertThat(Planner.idleStop(epochs, 200L))
                .isEqualTo(
                        "`stop patience: 3` cannot end the training early: it needs 4 evaluations"
                                + " before the last step, but 200 steps with one every 50 have 3");
        assertThat(Planner.idleStop(train("epochs 3"), 10L)).isNull();
        TrainSpec steps = train("steps 100; stop patience: 3");
        assertThat(Planner.idleStop(steps, 100L)).as("the file's own remark says it").isNull();
    }

    private static TrainSpec train(String words) {
        String file =
                """
                pipeline('p') {
                    prepare { dataset 'rows.jsonl' }
                    initialize { model 'base' }
                    train { method lora(); %s }
                }
                """
                        .formatted(words);
        return PipelineCompiler.compile(PipelineSource.of("p.groovy", file), Map.of())
                .spec()
                .orElseThrow()
                .train();
    }

    private static DatasetRef dataset(long train, long validation, long tokens) {
        ArtifactRef artifact = new ArtifactRef("store:artifacts/" + NONE, NONE, 1);
        Origin origin = new Origin(NONE, null, "made for a test");
        return new DatasetRef(artifact, train, validation, 5, tokens, 40, 0, 0, 0, origin);
    }
}
