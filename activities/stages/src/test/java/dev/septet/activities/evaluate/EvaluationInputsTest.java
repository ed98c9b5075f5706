package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
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

    @Test
    void namesTheChecksThatAServiceOrPlainTextCannotHave() {
        EvaluateSpec signal = checked(new ExamChecksSpec(new ContaminationSpec(null, 0.6, null), null, null, null));
        assertThatThrownBy(() -> EvaluationInputs.checkMeasurable(signal, SERVICE, false))
                .hasMessageStartingWith("evaluate: `contamination maxMembership:` needs the losses");
        EvaluateSpec samples =
                checked(new ExamChecksSpec(null, null, new GroundingSpec(null, null, null, null, 3, null), null));
        assertThatThrownBy(() -> EvaluationInputs.checkMeasurable(samples, SERVICE, true))
                .hasMessageStartingWith("evaluate: `grounding samples:` needs Septet's own engine")
                .hasMessageEndingWith("remove `samples:`");
        assertThatThrownBy(() -> EvaluationInputs.checkFormat(samples, DatasetFormat.TEXT, "books.txt"))
                .hasMessageStartingWith("evaluate: books.txt: its rows are plain text, but `grounding` asks");
    }

    private static EvaluateSpec checked(ExamChecksSpec checks) {
        EvaluateSpec plain = spec(null, "exactMatch");
        return new EvaluateSpec(
                plain.metrics(),
                List.of(),
                null,
                null,
                null,
                0,
                32,
                4,
                List.of(),
                List.of(),
                List.of(),
                checks,
                null,
                EvaluateSpec.DEFAULT_POLICY);
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
                EvaluateSpec.DEFAULT_POLICY);
    }
}
