package dev.septet.activities.prepare.synthetic;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.prepare.augment.TermSwap;
import dev.septet.activities.prepare.generate.Generation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The synthetic rows of a dataset: a part of its card.
 *
 * @param rows number of synthetic rows, all in the training split
 * @param kinds counts by kind
 * @param terms the terms of {@code counterfactual} in the training rows; null without it
 * @param generated what each word that asks a model used, in the order of the file
 */
public record SyntheticCounts(
        long rows,
        Map<String, OfKind> kinds,
        @JsonInclude(JsonInclude.Include.NON_NULL) TermSwap.@Nullable Counts terms,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Generation.Usage> generated) {
    public SyntheticCounts {
        kinds = new TreeMap<>(kinds);
        generated = List.copyOf(generated);
    }

    /**
     * The rows of one kind.
     *
     * @param rows rows in the training split
     * @param removed made rows that a check removed, by the check
     */
    public record OfKind(
            long rows,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> removed) {
        public OfKind {
            removed = new TreeMap<>(removed);
        }

        /** No rows yet. */
        public static final OfKind NONE = new OfKind(0, Map.of());

        /** One more row. */
        public OfKind plus() {
            return new OfKind(rows + 1, removed);
        }

        /** One more row that a check removed. */
        public OfKind without(String check) {
            Map<String, Long> more = new TreeMap<>(removed);
            more.merge(check, 1L, Long::sum);
            return new OfKind(rows, more);
        }
    }
}
