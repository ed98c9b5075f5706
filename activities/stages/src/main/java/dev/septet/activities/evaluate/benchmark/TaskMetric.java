package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.evaluate.metric.Bleu;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metrics of task files that Septet computes, by lm-evaluation-harness's names. */
enum TaskMetric {
    ACC("acc", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE, OutputType.LOGLIKELIHOOD),
    ACC_NORM("acc_norm", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    ACC_BYTES("acc_bytes", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    ACC_MUTUAL_INFO("acc_mutual_info", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    BRIER_SCORE("brier_score", Aggregation.BRIER, false, OutputType.MULTIPLE_CHOICE),
    EXACT_MATCH("exact_match", Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE, OutputType.GENERATE_UNTIL),
    BLEU("bleu", Aggregation.BLEU, true, OutputType.GENERATE_UNTIL),
    PERPLEXITY("perplexity", Aggregation.PERPLEXITY, false, OutputType.LOGLIKELIHOOD),
    WORD_PERPLEXITY("word_perplexity", Aggregation.WEIGHTED_PERPLEXITY, false, OutputType.LOGLIKELIHOOD_ROLLING),
    BYTE_PERPLEXITY("byte_perplexity", Aggregation.WEIGHTED_PERPLEXITY, false, OutputType.LOGLIKELIHOOD_ROLLING),
    BITS_PER_BYTE("bits_per_byte", Aggregation.BITS_PER_BYTE, false, OutputType.LOGLIKELIHOOD_ROLLING);

    /** The kind of a task. */
    enum OutputType {
        MULTIPLE_CHOICE("multiple_choice"),
        GENERATE_UNTIL("generate_until"),
        LOGLIKELIHOOD("loglikelihood"),
        LOGLIKELIHOOD_ROLLING("loglikelihood_rolling");

        private final String written;

        OutputType(String written) {
            this.written = written;
        }

        String written() {
            return written;
        }

        /** The metrics of a task without {@code metric_list}. */
        List<String> metrics() {
            return switch (this) {
                case MULTIPLE_CHOICE -> List.of("acc", "acc_norm");
                case GENERATE_UNTIL -> List.of("exact_match");
                case LOGLIKELIHOOD -> List.of("perplexity", "acc");
                case LOGLIKELIHOOD_ROLLING -> List.of("word_perplexity", "byte_perplexity", "bits_per_byte");
            };
        }
    }

    /**
     * From the sums of the rows' tallies to the score. Each begins with a sum and a weight.
     *
     * @see <a href="https://github.com/EleutherAI/lm-evaluation-harness">lm-evaluation-harness</a>, {@code api/metrics.py}
     */
    enum Aggregation {
        /** sum / n. */
        MEAN("mean", 2),
        /** sum / n of the squared errors of the choices' probabilities. */
        BRIER("brier_score", 2),
        /** exp(-sum of log-likelihoods / rows). */
        PERPLEXITY("perplexity", 2),
        /** exp(-sum of log-likelihoods / units). */
        WEIGHTED_PERPLEXITY("weighted_perplexity", 2),
        /** -sum of log-likelihoods / bytes / ln 2. */
        BITS_PER_BYTE("bits_per_byte", 2),
        /** sacrebleu's corpus BLEU. */
        BLEU("bleu", 10);

        private final String written;
        private final int width;

        Aggregation(String written, int width) {
            this.written = written;
            this.width = width;
        }

        String written() {
            return written;
        }

        /** Number of sums. */
        int width() {
            return width;
        }

        double score(double[] sums) {
            return switch (this) {
                case MEAN, BRIER -> sums[0] / sums[1];
                case PERPLEXITY, WEIGHTED_PERPLEXITY -> Math.exp(-sums[0] / sums[1]);
                case BITS_PER_BYTE -> -sums[0] / sums[1] / Math.log(2);
                case BLEU -> new Bleu().score(sums);
            };
        }
    }

    private final String written;
    private final Aggregation aggregation;
    private final boolean higherIsBetter;
    private final OutputType type;
    private final OutputType other;

    TaskMetric(String written, Aggregation aggregation, boolean higherIsBetter, OutputType type) {
        this(written, aggregation, higherIsBetter, type, type);
    }

    TaskMetric(String written, Aggregation aggregation, boolean higherIsBetter, OutputType type, OutputType other) {
        this.written = written;
        this.aggregation = aggregation;
        this.higherIsBetter = higherIsBetter;
        this.type = type;
        this.other = other;
    }

    private boolean isOf(OutputType kind) {
        return kind == type || kind == other;
    }

    String written() {
        return written;
    }

    Aggregation aggregation() {
        return aggregation;
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** The metric with a name that a kind of task has; null for none. */
    static @Nullable TaskMetric of(String name, OutputType type) {
        return Arrays.stream(values())
                .filter(metric -> metric.written.equals(name) && metric.isOf(type))
                .findFirst()
                .orElse(null);
    }

    /** Names of the metrics that a kind of task has. */
    static List<String> names(OutputType type) {
        return Arrays.stream(values())
                .filter(metric -> metric.isOf(type))
                .map(TaskMetric::written)
                .toList();
    }
}
