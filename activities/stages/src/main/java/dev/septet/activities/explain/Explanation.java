package dev.septet.activities.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.lineage.LineageRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a model gave an answer.
 *
 * @param name the pipeline or the run, as the user named it
 * @param run run that trained the model
 * @param adapter digest of the adapter's artifact
 * @param question what was asked
 * @param states at which steps of the training the gradients were compared
 * @param differingSteps number of steps of the repeated training whose loss has other bits than in the ledger; null when the training
 *     was not repeated
 * @param trainingRows number of rows of the training split
 * @param supporting the rows that made the answer more probable, the most similar first
 * @param opposing the rows that made it less probable, the most opposed first
 * @param words the prompt's words in their order; empty for plain text
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Explanation(
        String name,
        String run,
        String adapter,
        Asked question,
        List<State> states,
        @Nullable Integer differingSteps,
        int trainingRows,
        List<InfluentialRow> supporting,
        List<InfluentialRow> opposing,
        List<Word> words) {
    public Explanation {
        states = List.copyOf(states);
        supporting = List.copyOf(supporting);
        opposing = List.copyOf(opposing);
        words = List.copyOf(words);
    }

    /**
     * The question and the answer that is explained.
     *
     * @param source place of a test row, or {@code prompt:1}
     * @param answerFrom {@code the report}, {@code the model}, {@code the reference} or {@code the user}
     * @param logProbability log p(answer | prompt), in nats, with the answer's end token
     * @param tokens number of tokens of the answer
     */
    public record Asked(
            String source, String prompt, String answer, String answerFrom, double logProbability, long tokens) {}

    /**
     * An adapter of the training.
     *
     * @param step number of steps done
     * @param weight weight of its products: the sum of the learning rates of the steps that it represents; 1 for the last adapter
     */
    public record State(int step, double weight) {}

    /**
     * A training row.
     *
     * @param row number in the training split, from 1
     * @param copies number of times that the split has it
     * @param source place where it was read
     * @param origins the records that it was made of; empty in a dataset of a version that did not trace rows
     * @param similarity mean cosine of the gradients, from -1 to 1
     * @param product TracIn: sum of learning rate times dot product
     */
    public record InfluentialRow(
            long row,
            int copies,
            String source,
            List<LineageRow> origins,
            String prompt,
            String answer,
            double similarity,
            double product) {
        public InfluentialRow {
            origins = List.copyOf(origins);
        }
    }

    /**
     * A word of the prompt, or several adjacent ones of a long prompt.
     *
     * @param message number of the message in the conversation, from 0; 0 without a chat
     * @param from its first character in the message
     * @param drop how much less probable the answer is without it: the difference of log p, in nats
     */
    public record Word(int message, int from, String text, double drop) {}

    /** Receives what is being done. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param doing such as {@code comparing training rows}
         * @param done number of finished items
         * @param all number of all items
         */
        void report(String doing, int done, int all);
    }

    /** The words that mattered most, in either direction, the first first. */
    public List<Word> strongestWords(int count) {
        return words.stream()
                .sorted((left, right) -> Double.compare(Math.abs(right.drop()), Math.abs(left.drop())))
                .limit(count)
                .toList();
    }

    /** The first of the supporting rows; null without one. */
    public @Nullable InfluentialRow strongest() {
        return supporting.isEmpty() ? null : supporting.get(0);
    }
}
