package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.runtime.Processor;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.EpochSize;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnginePlanTest {
    @Test
    void bf16IsComputedInFloat32WhereNothingMultipliesIt() {
        boolean bf16 = Processor.multipliesBf16() || Torch.gpus() > 0;
        assertThat(EnginePlan.precision(Precision.BF16).name()).isEqualTo(bf16 ? "BF16" : "FLOAT32");
        assertThat(EnginePlan.precision(Precision.FLOAT32).name()).isEqualTo("FLOAT32");
    }

    @Test
    void refusesMoreStepsThanATrainingMayHave() {
        EpochSize many = rows(2_000_000);
        EnginePlan plan = plan(train(TrainSpec.MOST_EPOCHS, 2, null), null);
        assertThatThrownBy(() -> plan.steps(many))
                .isInstanceOf(StageProblem.class)
                .hasMessage("train: epochs: 100,000 epochs of 500,000 steps are more than the"
                        + " 100,000,000 steps that a training may have; set fewer epochs");
        assertThat(plan.steps(rows(40))).isEqualTo(1_000_000);
    }

    /** The file has epochs, so that only the data says how many steps they are. */
    @Test
    void refusesWhatWouldHappenAfterTheEnd() {
        EnginePlan warm = plan(train(1, 10, null), null);
        assertThatThrownBy(() -> warm.requireWithin(rows(40)))
                .isInstanceOf(StageProblem.class)
                .hasMessage("train: learningRate: the warmup ends after 10 steps, but with this data the"
                        + " training has 10 steps; make `warmup:` shorter, or set more epochs");
        assertThatCode(() -> warm.requireWithin(rows(44))).doesNotThrowAnyException();

        EnginePlan late = plan(train(1, 2, 30), null);
        assertThatThrownBy(() -> late.requireWithin(rows(120)))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining(
                        "unfreeze: the second block starts after 30 steps, but with this data the training has 30"
                                + " steps")
                .hasMessageContaining("make `gradually:` shorter");
        assertThatCode(() -> late.requireWithin(rows(124))).doesNotThrowAnyException();
    }

    @Test
    void knowsTheLargestRankThatASearchMayComeTo() {
        TrainSpec train = train(1, 2, null);
        assertThat(plan(train, null).largestRank()).isZero();
        assertThat(plan(train, new SearchSpec(List.of(1e-3, 1e-4), List.of(), 0, 5))
                        .largestRank())
                .isZero();
        assertThat(plan(train, new SearchSpec(List.of(), List.of(8, 64, 2), 0, 5))
                        .largestRank())
                .isEqualTo(64);
    }

    private static EpochSize rows(int rows) {
        return new EpochSize(rows, rows, 0, 0);
    }

    private static EnginePlan plan(TrainSpec train, @Nullable SearchSpec search) {
        return new EnginePlan(train, TinyPipeline.initialize(), TinyPipeline.searching(search));
    }

    /** Steps of four rows. */
    private static TrainSpec train(int epochs, int warmup, @Nullable Integer unfreezeEvery) {
        TrainSpec tiny = TinyPipeline.train(new FullSpec());
        LearningRateSpec rate = tiny.learningRate();
        return new TrainSpec(
                tiny.method(),
                epochs,
                null,
                tiny.batch(),
                tiny.optimizer(),
                new LearningRateSpec(rate.shape(), rate.peak(), warmup),
                tiny.clip(),
                tiny.checkpoint(),
                tiny.validateEvery(),
                null,
                tiny.onNonFinite(),
                unfreezeEvery == null ? null : new PreserveSpec(null, null, null, null, null, unfreezeEvery),
                null,
                TrainSpec.DEFAULT_POLICY);
    }
}
