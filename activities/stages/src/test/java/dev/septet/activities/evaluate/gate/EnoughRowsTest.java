package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnoughRowsTest {
    @Test
    void refusesBoundsThatNoModelCouldMeet() {
        assertThatThrownBy(() -> EnoughRows.require(spec(0.5, null, 0), 7))
                .isInstanceOf(StageProblem.class)
                .hasMessage("evaluate: at least 8 test rows are needed to decide, and there are 7, so no"
                        + " model could pass; give `test:` of `split` in prepare a larger"
                        + " share, or prepare more rows");
        assertThatThrownBy(() -> EnoughRows.require(spec(null, new CompareSpec(0.01), 5), 100))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("there are 5, so no model could pass; raise `limit`");
        assertThatThrownBy(() -> EnoughRows.require(spec(0.5, null, 0), 1)).hasMessageContaining("there is 1");
    }

    @Test
    void letsPassWhatCanBeDecided() {
        assertThatCode(() -> EnoughRows.require(spec(0.5, null, 8), 100)).doesNotThrowAnyException();
        assertThatCode(() -> EnoughRows.require(spec(0.5, null, 0), 8)).doesNotThrowAnyException();
        assertThatCode(() -> EnoughRows.require(spec(null, null, 3), 3)).doesNotThrowAnyException();
    }

    private static EvaluateSpec spec(@Nullable Double above, @Nullable CompareSpec compare, int limit) {
        EvaluateSpec plain = EvaluateSpec.DEFAULT;
        return new EvaluateSpec(
                List.of(new MetricSpec("exactMatch", above, null)),
                List.of(),
                compare,
                null,
                null,
                limit,
                plain.maxNewTokens(),
                plain.samples(),
                EvaluateSpec.DEFAULT_POLICY);
    }
}
