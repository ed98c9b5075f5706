package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvaluationInputsTest {
    private static final BackEndSpec SERVICE = new OpenAiSpec("azure", "small", null, null);

    @Test
    void namesWhatNeedsTheLossesThatAServiceDoesNotShow() {
        EvaluateSpec spec = spec(new ForgettingSpec("general.jsonl", 0.1), "loss", "exactMatch", "preferenceAccuracy");

        assertThatThrownBy(() -> EvaluationInputs.checkMeasurable(spec, SERVICE, false))
                .hasMessage("evaluate: `metric loss`, `metric preferenceAccuracy`, `forgetting` needs the losses of"
                        + " given answers, but `by openai(endpoint: 'azure', model: 'small')` leaves the model with a"
                        + " service that does not show them; use metrics of answers, such as `metric exactMatch`");
    }

    @Test
    void aFileWithoutEvaluateMeasuresTheLoss() {
        assertThatThrownBy(() -> EvaluationInputs.checkMeasurable(EvaluateSpec.DEFAULT, SERVICE, false))
                .hasMessageStartingWith("evaluate: `metric loss` needs the losses");
    }

    @Test
    void acceptsWhatCanBeMeasured() {
        assertThatCode(() -> {
                    EvaluationInputs.checkMeasurable(spec(null, "exactMatch", "bleu"), SERVICE, false);
                    EvaluationInputs.checkMeasurable(EvaluateSpec.DEFAULT, SERVICE, true);
                    EvaluationInputs.checkMeasurable(EvaluateSpec.DEFAULT, null, false);
                })
                .doesNotThrowAnyException();
    }

    private static EvaluateSpec spec(@Nullable ForgettingSpec forgetting, String... metrics) {
        return new EvaluateSpec(
                List.of(metrics).stream()
                        .map(name -> new MetricSpec(name, null, null))
                        .toList(),
                List.of(),
                null,
                null,
                forgetting,
                0,
                32,
                4,
                List.of(),
                List.of(),
                null,
                EvaluateSpec.DEFAULT_POLICY);
    }
}
