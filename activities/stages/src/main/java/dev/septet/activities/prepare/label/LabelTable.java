package dev.septet.activities.prepare.label;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The quality of labelling functions: a part of the card. It has names of the pipeline file only, never values of the rows.
 *
 * @param on the field that is set
 * @param rows number of rows that voted: those that the filters keep
 * @param withoutVote rows for which all functions abstain
 * @param undecided rows with several equally probable labels
 * @param conflicts rows with votes for different labels
 * @param labels number of rows with each label
 * @param gold the comparison with the labels of people; null without any
 * @param functions in the order of the file
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LabelTable(
        String on,
        long rows,
        long withoutVote,
        long undecided,
        long conflicts,
        Map<String, Long> labels,
        @Nullable Gold gold,
        List<Function> functions) {
    /**
     * The comparison with the labels of people.
     *
     * @param rows rows with such a label
     * @param labelled those of them that the functions label
     * @param accuracy share of right labels among those
     * @param majorityAccuracy the same if the most frequent vote decided, and ties were wrong
     */
    public record Gold(long rows, long labelled, double accuracy, double majorityAccuracy) {}

    /**
     * One labelling function. The shares are of all rows, as in Snorkel's {@code LFAnalysis}.
     *
     * @param coverage share of rows for which it votes
     * @param overlaps share of rows for which another function votes too
     * @param conflicts share of rows for which another function votes for another label
     * @param estimated estimated share of right votes
     * @param gold share of right votes on rows that people labelled; null without such votes
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Function(
            String name,
            String label,
            double coverage,
            double overlaps,
            double conflicts,
            @Nullable Double estimated,
            @Nullable Double gold) {}
}
