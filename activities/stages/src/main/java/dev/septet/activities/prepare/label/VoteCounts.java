package dev.septet.activities.prepare.label;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The votes of all records: everything that the model of the labels is fitted to. It has no text of a row.
 *
 * @param patterns in the order of their votes
 */
public record VoteCounts(List<Pattern> patterns) {
    public VoteCounts {
        patterns = List.copyOf(patterns);
    }

    /**
     * The records with equal votes.
     *
     * @param first bits of the functions 0 to 63 that vote
     * @param second bits of the functions 64 to 127
     * @param rows number of records
     * @param golds number of records with each gold label; -1 is a label that no function votes for
     */
    public record Pattern(
            long first,
            long second,
            long rows,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<Integer, Long> golds) {
        public Pattern {
            golds = golds == null ? new TreeMap<>() : new TreeMap<>(golds);
        }

        Votes votes() {
            return new Votes(first, second);
        }
    }

    static VoteCounts of(Map<Votes, Long> rows, Map<Votes, SortedMap<Integer, Long>> golds) {
        return new VoteCounts(rows.entrySet().stream()
                .map(row -> new Pattern(
                        row.getKey().first(),
                        row.getKey().second(),
                        row.getValue(),
                        golds.getOrDefault(row.getKey(), new TreeMap<>())))
                .toList());
    }
}
