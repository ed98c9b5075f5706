package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec.Name;
import dev.septet.dsl.pipeline.search.DimensionSpec.Scale;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.search.SearchBudgetSpec;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.SearchPlan;
import dev.septet.workflows.setup.SearchPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchPlannerTest {
    private static final DimensionSpec BATCHES = DimensionSpec.of(Name.BATCH, List.of(1.0, 2.0, 4.0));

    @TempDir
    Path temp;

    @Test
    void triesEveryValueWithEveryOther() throws IOException {
        SearchPlan plan = plan(grid(List.of(BATCHES), List.of(), null, null));
        assertThat(plan.trials()).hasSize(9);
        assertThat(plan.trials().get(4).point()).isEqualTo(new SearchPoint(1e-2, 2, 2, null, null, null, null));
        assertThat(plan.widths()).containsExactly(9);
        assertThat(plan.steps()).isEqualTo(9 * 6);
        assertThat(plan.left()).isNull();
    }

    /** A method without a rank has one point, whatever ranks are tried. */
    @Test
    void triesARankOnlyWithMethodsThatHaveOne() throws IOException {
        LoraSpec lora = LoraSpec.standard();
        List<MethodSpec> methods = List.of(lora, new DoraSpec(lora), new FullSpec());
        SearchSpec search = new SearchSpec(List.of(), List.of(4, 8), 0, 6, List.of(), methods, null, null, null, null);
        assertThat(plan(search).trials())
                .extracting(trial -> trial.point().rank())
                .containsExactly(4, 4, 0, 8, 8);
    }

    @Test
    void drawsTheSamePointsFromTheSameSeed() throws IOException {
        DimensionSpec rates = DimensionSpec.between(Name.LEARNING_RATE, 1e-5, 1e-2, Scale.LOG);
        DimensionSpec ranks = DimensionSpec.between(Name.RANK, 2, 9, Scale.LINEAR);
        SearchSpec search = new SearchSpec(
                List.of(), List.of(), 0, 6, List.of(rates, ranks, BATCHES), List.of(), 40, null, null, null);
        List<PlannedTrial> trials = plan(search).trials();
        assertThat(trials).hasSize(40).isEqualTo(plan(search).trials());
        assertThat(trials)
                .extracting(PlannedTrial::point)
                .doesNotHaveDuplicates()
                .allSatisfy(point -> {
                    assertThat(point.learningRate()).isBetween(1e-5, 1e-2);
                    assertThat(point.rank()).isBetween(2, 9);
                });
        assertThat(trials.stream().filter(trial -> trial.point().learningRate() < 1e-4))
                .as("a third of the orders of magnitude")
                .hasSizeBetween(6, 21);
        SearchSpec few = new SearchSpec(List.of(), List.of(), 0, 6, List.of(BATCHES), List.of(), 12, null, null, null);
        assertThat(plan(few).trials()).hasSize(3);
        assertThat(plan(few).left()).isEqualTo("240 draws found only 3 different trials of 12");
    }

    /** Trials with fewer epochs are as much shorter as their trainings. */
    @Test
    void givesEveryTrialTheSamePartOfItsTraining() throws IOException {
        DimensionSpec epochs = DimensionSpec.of(Name.EPOCHS, List.of(1.0, 2.0, 4.0));
        SearchSpec search = new SearchSpec(
                List.of(), List.of(), 0, 12, List.of(epochs), List.of(), null, new HalvingSpec(2, 2, null), null, null);
        TrainSpec fixed = TinyPipeline.train(TinyPipeline.LORA);
        TrainSpec byEpochs = new TrainSpec(
                fixed.method(),
                1,
                null,
                fixed.batch(),
                fixed.optimizer(),
                fixed.learningRate(),
                fixed.clip(),
                fixed.checkpoint(),
                fixed.validateEvery(),
                null,
                fixed.onNonFinite(),
                null,
                null,
                fixed.policy());
        // 24 rows in steps of 4: 6, 12 and 24 steps
        assertThat(planner(search, byEpochs).plan().trials())
                .extracting(PlannedTrial::ends)
                .containsExactly(List.of(2, 3), List.of(3, 6), List.of(6, 12));
    }

    @Test
    void leavesOutWhatTheBudgetDoesNotHold() throws IOException {
        HalvingSpec halving = new HalvingSpec(3, 2, null);
        // nine trials: 9 x 2 + 3 x 4 = 30 steps
        assertThat(plan(grid(List.of(BATCHES), List.of(), halving, steps(30))).left())
                .isNull();
        SearchPlan less = plan(grid(List.of(BATCHES), List.of(), halving, steps(29)));
        assertThat(less.trials()).hasSize(8);
        assertThat(less.widths()).containsExactly(8, 2);
        assertThat(less.steps()).isEqualTo(8 * 2 + 2 * 4);
        assertThat(less.left()).isEqualTo("the budget leaves the last 1 of 9 trials untried");
        assertThat(plan(grid(
                                List.of(BATCHES),
                                List.of(),
                                null,
                                new SearchBudgetSpec(null, null, Duration.ofMillis(2900), null, null)))
                        .trials())
                .as("0.1 s for a step of 4 rows; the trials have steps of 2, 4 and 8 rows")
                .hasSize(4);
        assertThat(plan(grid(List.of(BATCHES), List.of(), null, new SearchBudgetSpec(null, 490L, null, null, null)))
                        .trials())
                .as("100 tokens in 24 rows: a trial has 50, 100 or 200")
                .hasSize(4);
        SearchBudgetSpec second = new SearchBudgetSpec(null, null, Duration.ofSeconds(1), null, null);
        assertThat(timed(grid(List.of(BATCHES), List.of(), new HalvingSpec(3, 2, true), second), 0.0)
                        .plan()
                        .trials())
                .as("steps that take no time are not counted as seconds")
                .hasSize(9);
        assertThatThrownBy(() -> timed(grid(List.of(BATCHES), List.of(), null, second), null)
                        .plan())
                .hasMessageContaining("needs the time of a step");
        assertThatThrownBy(() -> plan(grid(List.of(BATCHES), List.of(), null, steps(11))))
                .hasMessage("setup: search: budget steps: 11 steps do not suffice for two trials, which need about 12;"
                        + " raise it, or give the trials fewer `steps`");
        assertThatThrownBy(() -> plan(
                        grid(List.of(BATCHES), List.of(), null, new SearchBudgetSpec(null, null, null, 0.01, 100.0))))
                .hasMessageContaining("budget cost: 0 seconds do not suffice for two trials");
    }

    @Test
    void refusesTrialsThatAreTooShortForTheirRungs() {
        DimensionSpec warmups = DimensionSpec.of(Name.WARMUP, List.of(0.0, 40.0));
        assertThatThrownBy(() -> plan(grid(List.of(warmups), List.of(), null, null)))
                .hasMessageContaining("the warmup ends after 40 steps");
    }

    /** Early trials have what the budget leaves. */
    @Test
    void startsTrialsEarlyWithinTheBudget() throws IOException {
        HalvingSpec halving = new HalvingSpec(3, 2, true);
        assertThat(plan(grid(List.of(BATCHES), List.of(), halving, null)).early())
                .isEqualTo(30);
        assertThat(plan(grid(List.of(BATCHES), List.of(), halving, steps(37))).early())
                .isEqualTo(7);
        assertThat(plan(grid(List.of(BATCHES), List.of(), new HalvingSpec(3, 2, null), steps(37)))
                        .early())
                .isZero();
    }

    private static SearchBudgetSpec steps(long most) {
        return new SearchBudgetSpec(most, null, null, null, null);
    }

    private static SearchSpec grid(
            List<DimensionSpec> dimensions,
            List<MethodSpec> methods,
            @Nullable HalvingSpec halving,
            @Nullable SearchBudgetSpec budget) {
        return new SearchSpec(
                List.of(1e-3, 1e-2, 1e-1), List.of(), 0, 6, dimensions, methods, null, halving, null, budget);
    }

    private SearchPlan plan(SearchSpec search) throws IOException {
        return planner(search, TinyPipeline.train(TinyPipeline.LORA)).plan();
    }

    private SearchPlanner timed(SearchSpec search, @Nullable Double secondsPerStep) throws IOException {
        SearchPlanner tenth = planner(search, TinyPipeline.train(TinyPipeline.LORA));
        return new SearchPlanner(tenth.train(), tenth.initialize(), tenth.setup(), tenth.dataset(), secondsPerStep);
    }

    private SearchPlanner planner(SearchSpec search, TrainSpec train) throws IOException {
        TinyPipeline tiny = new TinyPipeline(new LocalStore(temp.resolve("store")), "run-1", temp);
        return new SearchPlanner(train, TinyPipeline.initialize(), TinyPipeline.searching(search), tiny.dataset(), 0.1);
    }
}
