package dev.septet.dsl.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Grounding with and without judges. */
class GroundingSpecTest {
    @Test
    void withoutAJudgeItIsWrittenAsBefore() throws JsonProcessingException {
        String old = "{\"begin\":\"Context:\",\"end\":\"Question:\",\"maxUnsupported\":0.05}";
        GroundingSpec spec = SpecJson.mapper().readValue(old, GroundingSpec.class);
        assertThat(spec).isEqualTo(new GroundingSpec(null, "Context:", "Question:", 0.05, null, null));
        assertThat(SpecJson.mapper().writeValueAsString(spec)).isEqualTo(old);
    }

    @Test
    void aListOfOneJudgeIsThatJudge() {
        JudgeSpec one = judge("judge: model('models/a'), tokens: 9.thousand");
        assertThat(judge("judge: [model('models/a')], tokens: 9.thousand")).isEqualTo(one);
        assertThat(one.concurrency()).isEqualTo(JudgeSpec.DEFAULT_CONCURRENCY);
        assertThat(one.unmeasured()).isEqualTo(JudgeSpec.DEFAULT_UNMEASURED);
        JudgeSpec two = judge(
                "judge: [openai(endpoint: 'lab', model: 'm'), model('models/a')], tokens: 9, unmeasured: 0.percent");
        assertThat(two.by())
                .extracting(by -> by.written())
                .containsExactly("by openai(endpoint: 'lab', model: 'm')", "by model('models/a')");
    }

    /** Its question is fixed, so it cannot rate answers, and a judge with a rubric cannot judge sentences. */
    @Test
    void aJudgeOfSentencesIsNoJudgeOfAnswers() {
        JudgeSpec sentences = judge("judge: model('models/a'), tokens: 9");
        assertThat(sentences.judgesSentences()).isTrue();
        assertThatThrownBy(() -> new MetricSpec("judge", null, null, null, MetricArguments.judge(sentences)))
                .isInstanceOf(IllegalArgumentException.class);
        JudgeSpec answers = new JudgeSpec(
                sentences.by(),
                "data/rubric.txt",
                JudgeSpec.Scale.POINTS,
                null,
                sentences.budget(),
                null,
                null,
                1,
                0.1,
                null,
                null);
        assertThatThrownBy(() -> new GroundingSpec(null, null, null, null, null, null, answers))
                .hasMessageContaining("the judges of grounding have no rubric");
    }

    private static JudgeSpec judge(String options) {
        var compiled = PipelineCompiler.compile(PipelineSource.of("g.groovy", """
            pipeline('support') {
                prepare    { dataset 'data/rows.jsonl' }
                initialize { model 'models/base' }
                train      { method lora() }
                evaluate   { grounding %s }
            }
            """.formatted(options)), Map.of());
        assertThat(compiled.printed()).isEmpty();
        return Objects.requireNonNull(Objects.requireNonNull(
                        compiled.spec().orElseThrow().evaluate().checksOrNone().grounding())
                .judge());
    }
}
