package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run with {@code split folds:}; the cache of 0 replays every workflow task. */
class CrossValidationTest {
    private final Stack stack = new Stack(0);

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void trainsAndTestsEveryFoldBeforeTheFinalTraining() {
        stack.activities.spec = Specs.folds(3);
        PipelineReport report = stack.run("hello");

        assertThat(stack.activities.prepared).extracting(PrepareRequest::fold).containsExactlyInAnyOrder(0, 1, 2, 3);
        String own = Objects.requireNonNull(report.run()).runId();
        assertThat(stack.activities.trained)
                .extracting(request -> request.run().runId())
                .containsExactlyInAnyOrder(own + "/fold-1", own + "/fold-2", own + "/fold-3", own)
                .last()
                .isEqualTo(own);
        FoldScores scores = Objects.requireNonNull(report.folds());
        FoldScores.Metric metric = scores.metrics().get(0);
        assertThat(metric.values()).containsExactly(0.6, 0.7, 0.8);
        assertThat(metric.mean()).isCloseTo(0.7, within(1e-12));
        assertThat(metric.deviation()).isCloseTo(0.1, within(1e-12));
        assertThat(metric.words()).isEqualTo("0.7000 ± 0.1000 in 3 folds, base model 0.0000");
        assertThat(scores.evaluations()).hasSize(3);
        EvaluateRequest last = stack.activities.evaluated.get(3);
        assertThat(last.run().runId()).isEqualTo(own);
        assertThat(last.folds()).isEqualTo(scores);
        assertThat(stack.activities.evaluated.get(0).folds()).isNull();
    }

    @Test
    void aFoldThatFailsEndsTheRun() {
        stack.activities.spec = Specs.folds(2);
        stack.activities.trainFailure = ApplicationFailure.newNonRetryableFailure("no row has a loss", "PoisonData");
        assertThatThrownBy(() -> stack.run("hello"))
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("PoisonData");
                    assertThat(failure.getOriginalMessage()).isEqualTo("cross-validation: no row has a loss");
                });
    }

    @Test
    void withoutFoldsNothingChanges() {
        stack.activities.spec = Specs.minimal();
        assertThat(stack.run("hello").folds()).isNull();
        assertThat(stack.activities.trained).hasSize(1);
        assertThat(List.copyOf(stack.activities.prepared))
                .extracting(PrepareRequest::fold)
                .containsExactly(0);
    }
}
