package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Whether the context of a test row supports each sentence of the answer.
 *
 * @param context name of the kept column with the context; null when it is in the prompt
 * @param begin text of the prompt after which the context begins; null when the whole prompt is the context
 * @param end text of the prompt before which the context ends; null when it ends with the prompt
 * @param maxUnsupported largest accepted share of unsupported sentences: 0.05 = five percent; null = no bound
 * @param samples number of sampled answers for self-consistency; null for none
 * @param minConsistency smallest accepted self-consistency, from 0 to 1; null = no bound
 * @param judge models that say whether the context supports a sentence; null = only names and numbers are compared
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GroundingSpec(
        @Nullable String context,
        @Nullable String begin,
        @Nullable String end,
        @Nullable Double maxUnsupported,
        @Nullable Integer samples,
        @Nullable Double minConsistency,
        @Nullable JudgeSpec judge) {
    /** Each sample costs as much as the answer. */
    private static final int MOST_SAMPLES = 20;

    public GroundingSpec {
        require(context == null || !context.isBlank(), "grounding context: needs the name of a column");
        require(begin == null || !begin.isBlank(), "grounding begin: needs a text of the prompt");
        require(end == null || !end.isBlank(), "grounding end: needs a text of the prompt");
        require(
                context == null || (begin == null && end == null),
                "grounding takes context: for a column, or begin: and end: for a part of the prompt, but not both");
        require(
                maxUnsupported == null || (maxUnsupported >= 0 && maxUnsupported <= 1),
                "maxUnsupported: must be from 0 to 100.percent");
        require(
                samples == null || (samples >= 1 && samples <= MOST_SAMPLES),
                "samples: of grounding must be from 1 to %s, got %s",
                MOST_SAMPLES,
                samples);
        require(
                minConsistency == null || (minConsistency >= 0 && minConsistency <= 1),
                "minConsistency: must be from 0 to 100.percent");
        require(
                minConsistency == null || samples != null,
                "minConsistency: compares sampled answers, but there is no samples:");
        require(judge == null || judge.judgesSentences(), "the judges of grounding have no rubric");
    }

    /** Without a judge. */
    public GroundingSpec(
            @Nullable String context,
            @Nullable String begin,
            @Nullable String end,
            @Nullable Double maxUnsupported,
            @Nullable Integer samples,
            @Nullable Double minConsistency) {
        this(context, begin, end, maxUnsupported, samples, minConsistency, null);
    }

    /** The same with other judges. */
    public GroundingSpec with(JudgeSpec judges) {
        return new GroundingSpec(context, begin, end, maxUnsupported, samples, minConsistency, judges);
    }
}
