package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.setup.SearchEnd;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.TrialResult;
import io.temporal.client.WorkflowFailedException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rungs of a search, over trials that answer in any order. */
@Tag("long")
class SearchRoundsTest {
    /**
     * Steps of four early trials, all of which begin long before the search ends. The test server loses the workflow task of a trial
     * that is cancelled while it begins, and unlike a real server it never sends that task again.
     */
    private static final long EARLY = 4 * 6;

    @Test
    void continuesTheBestThirdOfEachRung() {
        try (Stack stack = searching(0)) {
            SetupReport setup = setup(stack);

            assertThat(stack.activities.searched.ran)
                    .containsExactlyInAnyOrder(
                            "0/0", "1/0", "2/0", "3/0", "4/0", "5/0", "6/0", "7/0", "8/0", "5/1", "7/1", "8/1", "5/2");
            assertThat(Objects.requireNonNull(setup.search()).winner()).isEqualTo(5);
            assertThat(Objects.requireNonNull(setup.chosen()).batch()).isEqualTo(4);
            assertThat(setup.trials()).extracting(TrialResult::steps).containsExactly(3, 3, 3, 3, 3, 27, 3, 9, 9);
            assertThat(Objects.requireNonNull(stack.activities.trained.get(0))
                            .spec()
                            .batch()
                            .size())
                    .as("the training has the settings of the winner")
                    .isEqualTo(4);
            TrainSpec card =
                    Objects.requireNonNull(stack.activities.evaluated.get(0).trained());
            assertThat(card.batch().size()).as("the model card has them, too").isEqualTo(4);
            assertThat(card.learningRate().peak()).isEqualTo(setup.learningRate());
            assertThat(stack.activities.trained.get(0).specs())
                    .as("a ticket vouches for the file's own settings")
                    .contains(Specs.searching().train());
        }
    }

    /** What trials started early found out is not used, unless their complete rung promotes them too. */
    @ParameterizedTest
    @ValueSource(longs = {0, 7, EARLY})
    void hasTheSameWinnerWhateverTheOrderOfTheResults(long early) {
        try (Stack stack = searching(early)) {
            stack.activities.searched.delay = trial -> (trial.number() * 37 + trial.rung() * 11) % 90;
            SetupReport setup = setup(stack);

            SearchEnd end = Objects.requireNonNull(stack.activities.searched.ended.peek());
            assertThat(end.results())
                    .extracting(result -> result.number() + "/" + result.rung())
                    .containsExactly(
                            "0/0", "1/0", "2/0", "3/0", "4/0", "5/0", "6/0", "7/0", "8/0", "5/1", "7/1", "8/1", "5/2");
            assertThat(end.winner()).isEqualTo(5);
            assertThat(setup.learningRate()).isEqualTo(1e-4 * 6);
        }
    }

    /** The best ones of the first results are not the best ones of all. */
    @Test
    void startsGoodTrialsBeforeTheirRungIsComplete() {
        try (Stack stack = searching(EARLY)) {
            FakeSearch search = stack.activities.searched;
            search.delay = trial -> {
                if (trial.rung() == 0 && trial.number() > 2) {
                    await().until(() -> search.ran.contains("2/1")); // the best of the first three has continued
                }
                return 0;
            };
            setup(stack);
            assertThat(stack.activities.searched.ran).hasSizeGreaterThan(13).contains("2/1");
        }
    }

    @Test
    void neverChoosesATrialWithoutAFiniteLoss() {
        try (Stack stack = searching(0)) {
            stack.activities.searched.loss = trial ->
                    (trial.number() == 5 && trial.rung() > 0) || trial.number() == 8 ? Double.NaN : trial.number();
            SetupReport setup = setup(stack);
            assertThat(Objects.requireNonNull(setup.search()).winner()).isZero();
        }
        try (Stack stack = searching(0)) {
            stack.activities.searched.loss = trial -> trial.rung() == 2 ? Double.NaN : trial.number();
            SetupReport setup = setup(stack);
            assertThat(Objects.requireNonNull(setup.search()).winner())
                    .as("the best one of those that did not diverge later")
                    .isEqualTo(1);
        }
        try (Stack stack = searching(0)) {
            stack.activities.searched.loss = trial -> Double.NaN;
            assertThatThrownBy(() -> setup(stack))
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasStackTraceContaining("no trial ended with a finite validation loss");
        }
    }

    @Test
    void saysThatTheMetricIsMissingAndNotTheLoss() {
        try (Stack stack = searching(0)) {
            stack.activities.searched.score = Double.NaN;
            assertThatThrownBy(() -> setup(stack))
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasStackTraceContaining("no trial has a number for what `choose` reads");
        }
    }

    @Test
    void choosesTheFirstOfEqualTrials() {
        try (Stack stack = searching(0)) {
            stack.activities.searched.loss = trial -> 1;
            assertThat(Objects.requireNonNull(setup(stack).search()).winner()).isZero();
            assertThat(stack.activities.searched.ran)
                    .contains("0/1", "1/1", "2/1", "0/2")
                    .hasSize(13);
        }
    }

    private static Stack searching(long early) {
        Stack stack = new Stack(0);
        stack.activities.spec = Specs.searching();
        stack.activities.searched.plan = FakeSearch.plan(9, List.of(9, 3, 1), early);
        return stack;
    }

    private static SetupReport setup(Stack stack) {
        return Objects.requireNonNull(stack.run("hello").setup());
    }
}
