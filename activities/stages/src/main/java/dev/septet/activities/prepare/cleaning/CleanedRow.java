package dev.septet.activities.prepare.cleaning;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.Spool;
import dev.septet.activities.prepare.duplicate.RowSignature;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.prepare.representation.GroupCounts;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the steps that look at one row at a time make of a row. It depends on the row and the pipeline only, not on other rows.
 *
 * @param redactions the personal data that was found in it
 */
public record CleanedRow(RowPlace place, List<Redaction.Line> redactions, Result result) {
    public CleanedRow {
        redactions = List.copyOf(redactions);
    }

    /** What becomes of the row. */
    public sealed interface Result permits Excluded, Bad, LowQuality, Personal, TooLong, Candidate {}

    /** Excluded by a filter, or without consent. */
    public record Excluded(ExcludedRow.Reason reason) implements Result {}

    /**
     * Bad: it goes to the quarantine.
     *
     * @param isLong whether it is bad because it is longer than {@code maxTokens}
     */
    public record Bad(BadRow row, boolean isLong) implements Result {}

    /**
     * Removed by a rule of quality.
     *
     * @param rule the first rule that it does not meet
     */
    public record LowQuality(String rule) implements Result {}

    /** Dropped because of personal data. */
    public record Personal() implements Result {}

    /** Dropped because it is longer than {@code maxTokens}. */
    public record TooLong() implements Result {}

    /**
     * A good row. It is kept unless it is a duplicate or a test row.
     *
     * @param entry its line in the prepared file, and its tokens
     * @param truncated whether it was cut at {@code maxTokens}
     * @param digest digest of its texts before it was cut
     * @param fields values of the fields that split and balance need; null for a reviewed row, which has none
     * @param member its group; null when no groups are counted
     * @param test the test row that it matches; null for none, or when none are compared
     * @param signature what is compared to find near-duplicates; null when none are removed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Candidate(
            Spool.Entry entry,
            boolean truncated,
            byte[] digest,
            @Nullable SortedMap<String, String> fields,
            GroupCounts.@Nullable Member member,
            @Nullable RowPlace test,
            @Nullable RowSignature signature)
            implements Result {}
}
