package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.ExpressionSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A field of the rows whose value labelling functions decide together.
 *
 * @param field the field that is set, after the filters and maps
 * @param votes the labelling functions, in the order of the file
 * @param unlabelled what happens to a row without a label; null means {@link Unlabelled#DROP}
 * @param gold the field with the right label of rows that people labelled; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LabelSpec(
        String field,
        List<Vote> votes,
        @Nullable Unlabelled unlabelled,
        @Nullable String gold) {
    /** The largest number of {@link #votes}. */
    public static final int MAX_VOTES = 100;

    /** The largest number of different labels. */
    public static final int MAX_LABELS = 50;

    public LabelSpec {
        FieldName.check("label", field);
        FieldName.check("gold:", gold);
        votes = Checks.orEmpty(votes);
        unlabelled = unlabelled == Unlabelled.DROP ? null : unlabelled;
        require(!field.equals(gold), "gold: must be another field than '%s', which the votes set", field);
        require(votes.size() <= MAX_VOTES, "label takes at most %s votes, got %s", MAX_VOTES, votes.size());
        Set<String> labels = votes.stream().map(Vote::label).collect(Collectors.toSet());
        require(labels.size() >= 2, "label needs votes for at least two different labels, got %s", labels.size());
        require(
                labels.size() <= MAX_LABELS,
                "label takes at most %s different labels, got %s",
                MAX_LABELS,
                labels.size());
        require(
                votes.stream().map(Vote::name).distinct().count() == votes.size(),
                "two votes have the same name:; give each one its own");
    }

    /** The different labels, in the order of their first votes. */
    public List<String> labels() {
        return votes.stream().map(Vote::label).distinct().toList();
    }

    /** What happens to a row for which all functions abstain, or between whose labels they cannot decide. */
    public enum Unlabelled {
        /** The row is dropped and counted. */
        DROP,
        /** The row is kept without the field. */
        KEEP
    }

    /**
     * A labelling function: it votes for its label, or abstains.
     *
     * @param name its name in tables
     * @param when votes where it is true
     */
    public record Vote(String name, String label, ExpressionSpec when) {
        /** The largest length of a label and of a name, in UTF-16 units. */
        public static final int MAX_LENGTH = 64;

        public Vote {
            require(
                    !label.isBlank() && label.length() <= MAX_LENGTH,
                    "a label has 1 to %s characters, got %s",
                    MAX_LENGTH,
                    label.length());
            require(
                    !name.isBlank() && name.length() <= MAX_LENGTH,
                    "name: has 1 to %s characters, got %s",
                    MAX_LENGTH,
                    name.length());
        }
    }
}
