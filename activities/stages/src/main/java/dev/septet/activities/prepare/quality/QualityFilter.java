package dev.septet.activities.prepare.quality;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        Optional<String> rule = violated(row);
        rule.ifPresent(violated -> remove(violated, row.place()));
        return rule.isPresent();
    }

    /** The first rule that a row does not meet. Several threads may ask. */
    public Optional<String> violated(Row row) {
        JudgedText text = JudgedText.of(RowTexts.of(row).answer());
        return rules.stream()
                .filter(rule -> !rule.met().test(text))
                .map(QualityRule::name)
                .findFirst();
    }

    /** Counts a row that {@link #violated} found. */
    public void remove(String rule, RowPlace place) {
        Counter counter = counts.getOrDefault(rule, new Counter());
        counter.removed++;
        if (counter.examples.size() < EXAMPLES) {
            counter.examples.add(place.toString());
        }
        removed++;
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
