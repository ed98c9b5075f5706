package dev.septet.activities.evaluate.metric;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures of a model's answer that only some metrics need.
 *
 * @param confidence the probability that the model gives to its own answer, from 0 to 1; null when not measured
 * @param similarity of the answer to the reference by hidden states, from 0 to 1; null when not measured
 * @param samples further answers, drawn at random; null when none were drawn
 * @param judge the score that judges give to the answer, from 0 to 1; NaN without a verdict, null when none was asked
 * @param winRate 1 where judges prefer the answer to that of another model, 0.5 for a tie, 0 for the other answer; NaN
 *     without a verdict, null when none was asked
 * @param humanWinRate the same of people's votes, as their mean; NaN without a vote, null for a row outside of their sample
 * @param promptTokens number of tokens before the answer; null when not counted
 * @param answerTokens number of generated tokens, with the one that ends the answer; null when not counted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AnswerFacts(
        @Nullable Double confidence,
        @Nullable Double similarity,
        @Nullable List<String> samples,
        @Nullable Double judge,
        @Nullable Double winRate,
        @Nullable Double humanWinRate,
        @Nullable Integer promptTokens,
        @Nullable Integer answerTokens) {
    /** Nothing was measured beside the loss. */
    public static final AnswerFacts NONE = new AnswerFacts(null, null, null);

    public AnswerFacts {
        samples = samples == null ? null : List.copyOf(samples);
    }

    /** Measures without judges and without numbers of tokens. */
    public AnswerFacts(@Nullable Double confidence, @Nullable Double similarity, @Nullable List<String> samples) {
        this(confidence, similarity, samples, null, null, null, null, null);
    }

    /** The same with numbers of tokens. */
    public AnswerFacts counted(int prompt, int answer) {
        return new AnswerFacts(confidence, similarity, samples, judge, winRate, humanWinRate, prompt, answer);
    }

    /** The same with a similarity. */
    public AnswerFacts similar(double measured) {
        return new AnswerFacts(confidence, measured, samples, judge, winRate, humanWinRate, promptTokens, answerTokens);
    }

    /** The same with the scores of judges; null leaves a score as it is. */
    public AnswerFacts judged(@Nullable Double score, @Nullable Double wins) {
        return new AnswerFacts(
                confidence,
                similarity,
                samples,
                score == null ? judge : score,
                wins == null ? winRate : wins,
                humanWinRate,
                promptTokens,
                answerTokens);
    }

    /** The same with what people's votes say; null for a row outside of their sample. */
    public AnswerFacts voted(@Nullable Double wins) {
        return new AnswerFacts(confidence, similarity, samples, judge, winRate, wins, promptTokens, answerTokens);
    }
}
