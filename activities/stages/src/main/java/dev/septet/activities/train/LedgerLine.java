package dev.septet.activities.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.train.watch.StepSignals;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.train.ObjectiveValue;
import dev.septet.llm.train.PreferenceScores;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.StillAdapters;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One step as a line of {@code ledger.jsonl}. Its content does not depend on speed or repetition.
 *
 * @param step counted from 0
 * @param program name of the engine's program that computed it; another program gives other last
 *     bits
 * @param lossBits the loss's 64 bits in hexadecimal; a difference between two runs is first visible
 *     here
 * @param gradientNormBits bits of the global gradient norm before clipping
 * @param penalty penalty of the capability retention, null when it is 0
 * @param rewardAccuracy fraction of the step's pairs whose chosen answer has the larger reward;
 *     null when the objective has no pairs
 * @param rewardMargin mean of the chosen answers' rewards minus the rejected ones'; null likewise
 * @param validationAccuracy the same fraction of the validation split, null when it was not
 *     measured
 * @param validationLoss measured after this step, null when it was not measured
 * @param skipped reason why the step's rows were skipped, null when they were not
 * @param agreement of the step's gradient with the earlier ones, see {@link Optimizer.Update}; null
 *     when it is not known
 * @param stillAdapters number of adapters that have not moved, see {@link StillAdapters}; null for
 *     none
 * @param stillAdapter name of the first of them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LedgerLine(
        int step,
        int epoch,
        @Nullable String program,
        @Nullable Double loss,
        @Nullable String lossBits,
        @Nullable Double learningRate,
        @Nullable Double gradientNorm,
        @Nullable String gradientNormBits,
        long tokens,
        long inputTokens,
        @Nullable Double penalty,
        @Nullable Double rewardAccuracy,
        @Nullable Double rewardMargin,
        @Nullable Double validationLoss,
        @Nullable Double validationAccuracy,
        @Nullable String skipped,
        @Nullable Double agreement,
        @Nullable Integer stillAdapters,
        @Nullable String stillAdapter) {

    static LedgerLine of(StepMetrics metrics, String program) {
        PreferenceScores preferred = metrics.preferred();
        StillAdapters still = metrics.stillAdapters();
        return new LedgerLine(
                metrics.step(),
                metrics.epoch(),
                program,
                metrics.loss(),
                bits(metrics.loss()),
                metrics.learningRate(),
                metrics.gradientNorm(),
                bits(metrics.gradientNorm()),
                metrics.tokens(),
                metrics.inputTokens(),
                metrics.penalty() == 0 ? null : (Double) metrics.penalty(),
                preferred == null ? null : (Double) preferred.accuracy(),
                preferred == null ? null : (Double) preferred.margin(),
                null,
                null,
                null,
                metrics.agreement(),
                still == null ? null : (Integer) still.count(),
                still == null ? null : still.first());
    }

    /**
     * A step of an outside trainer.
     *
     * @param program name of the trainer
     * @param tokens tokens with a loss; 0 = the trainer does not tell
     */
    public static LedgerLine outside(
            int step,
            int epoch,
            String program,
            double loss,
            @Nullable Double learningRate,
            @Nullable Double gradientNorm,
            long tokens) {
        return new LedgerLine(
                step,
                epoch,
                program,
                loss,
                bits(loss),
                learningRate,
                gradientNorm,
                gradientNorm == null ? null : bits(gradientNorm),
                tokens,
                tokens,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** A step for which a service reports no loss. */
    public static LedgerLine unreported(int step, int epoch, String program) {
        return new LedgerLine(
                step, epoch, program, null, null, null, null, null, 0, 0, null, null, null, null, null, null, null,
                null, null);
    }

    static LedgerLine skipped(int step, int epoch, String reason) {
        return new LedgerLine(
                step, epoch, null, null, null, null, null, null, 0, 0, null, null, null, null, null, reason, null, null,
                null);
    }

    LedgerLine validated(ObjectiveValue validation) {
        PreferenceScores preferred = validation.preferred();
        return new LedgerLine(
                step,
                epoch,
                program,
                loss,
                lossBits,
                learningRate,
                gradientNorm,
                gradientNormBits,
                tokens,
                inputTokens,
                penalty,
                rewardAccuracy,
                rewardMargin,
                validation.loss(),
                preferred == null ? null : (Double) preferred.accuracy(),
                skipped,
                agreement,
                stillAdapters,
                stillAdapter);
    }

    /** The numbers for warnings about the training. */
    public StepSignals signals() {
        return new StepSignals(
                step,
                epoch,
                loss,
                learningRate,
                tokens,
                agreement,
                stillAdapters == null ? 0 : stillAdapters,
                stillAdapter,
                validationLoss,
                skipped != null);
    }

    private static String bits(double value) {
        return String.format(Locale.ROOT, "%016x", Double.doubleToRawLongBits(value));
    }
}
