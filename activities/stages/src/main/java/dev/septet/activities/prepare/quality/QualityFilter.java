package dev.septet.activities.prepare.quality;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Removes rows whose answer, or whose plain text, does not meet a quality rule. */
public final class QualityFilter implements RowCheck {
    /** Places of removed rows that are kept for each rule. */
    private static final int EXAMPLES = 5;

    private final List<QualityRule> rules;
    private final Map<String, Counter> counts = new LinkedHashMap<>();
    private long removed;

    public QualityFilter(QualitySpec spec) {
        rules = QualityRule.of(spec);
        rules.forEach(rule -> counts.put(rule.name(), new Counter()));
    }

    private static final class Counter {
        private final List<String> examples = new ArrayList<>();
        private long removed;
    }

    /**
     * The rows that a rule removed. A row that violates several rules counts for the first one.
     *
     * @param removed number of rows
     * @param examples places of the first rows
     */
    public record Count(long removed, List<String> examples) {}

    @Override
    public boolean removes(Row row) {
        JudgedText text = JudgedText.of(RowTexts.of(row).answer());
        for (QualityRule rule : rules) {
            if (!rule.met().test(text)) {
                Counter counter = counts.getOrDefault(rule.name(), new Counter());
                counter.removed++;
                if (counter.examples.size() < EXAMPLES) {
                    counter.examples.add(row.place().toString());
                }
                removed++;
                return true;
            }
        }
        return false;
    }

    @Override
    public long removed() {
        return removed;
    }

    /** The counts of every rule, in the order of the rules. */
    public Map<String, Count> counts() {
        Map<String, Count> all = new LinkedHashMap<>();
        counts.forEach((rule, counter) -> all.put(rule, new Count(counter.removed, List.copyOf(counter.examples))));
        return all;
    }
}
