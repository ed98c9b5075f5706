package dev.septet.activities.prepare.representation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.activities.prepare.quality.DetectedLanguage;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Counts the kept rows of each group. If the answers are few short labels, it also counts the labels of each group and
 * measures how strongly they depend on the group.
 */
public final class GroupCounts {
    /** Rows of further groups count as {@link #OTHER}. */
    static final int MAX_GROUPS = 100;

    /** With more different answers, the answers are not labels. */
    static final int MAX_LABELS = 20;

    private static final int MAX_LABEL = 40;
    private static final String NONE = "(none)";
    private static final String OTHER = "(other)";

    private final @Nullable String field;
    private final Map<String, Long> groups = new TreeMap<>();
    private final Map<String, Map<String, Long>> labels = new TreeMap<>();
    private boolean labelled = true;

    public GroupCounts(CleaningSpec.Representation spec) {
        field = spec.on();
    }

    /**
     * The counts.
     *
     * @param on the field of the groups, or {@code language}
     * @param groups rows of each group
     * @param labels rows of each group and answer; null when the answers are no labels
     * @param skew Cramér's V of groups and labels: 0 = independent, 1 = the group determines the label; null without
     *     labels, or with one group or label
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Table(
            String on,
            Map<String, Long> groups,
            @Nullable Map<String, Map<String, Long>> labels,
            @Nullable Double skew) {}

    /**
     * Counts a kept row.
     *
     * @param value value of the group's field, before redaction
     * @param names gives the name of a group that the card may show; groups with the same name are one
     */
    public void add(Row row, JsonNode value, UnaryOperator<String> names) {
        add(member(field, row, value, names));
    }

    /**
     * A row as a member of its group.
     *
     * @param group name of the group
     * @param label the row's label; empty when its answer is no label
     */
    public record Member(String group, String label) {}

    /**
     * The group and the label of a row. Several threads may ask.
     *
     * @param on the field of the groups; null for the language
     * @param value value of the group's field, before redaction
     * @param names gives the name of a group that the card may show
     */
    public static Member member(@Nullable String on, Row row, JsonNode value, UnaryOperator<String> names) {
        String label = row.reference().map(String::strip).orElse("");
        return new Member(on == null ? language(row) : group(value, names), label.length() > MAX_LABEL ? "" : label);
    }

    /** Counts a kept row. */
    public void add(Member row) {
        String name = row.group();
        String group = groups.containsKey(name) || groups.size() < MAX_GROUPS ? name : OTHER;
        groups.merge(group, 1L, Long::sum);
        if (!labelled) {
            return;
        }
        if (row.label().isEmpty() || tooMany(row.label())) {
            labelled = false;
            labels.clear();
        } else {
            labels.computeIfAbsent(row.label(), any -> new TreeMap<>()).merge(group, 1L, Long::sum);
        }
    }

    private boolean tooMany(String label) {
        return !labels.containsKey(label) && labels.size() == MAX_LABELS;
    }

    private static String language(Row row) {
        return DetectedLanguage.of(RowTexts.of(row).both())
                .map(DetectedLanguage::code)
                .orElse("(short)");
    }

    private static String group(JsonNode value, UnaryOperator<String> names) {
        boolean none = !value.isValueNode() || value.isNull() || value.asText().isBlank();
        return none ? NONE : names.apply(value.asText().strip());
    }

    /** The counts of the rows so far. */
    public Table table() {
        boolean known = labelled && !labels.isEmpty();
        Map<String, Map<String, Long>> byGroup = new TreeMap<>();
        labels.forEach((label, counts) -> counts.forEach((group, count) ->
                byGroup.computeIfAbsent(group, any -> new TreeMap<>()).put(label, count)));
        return new Table(
                field == null ? "language" : field,
                new TreeMap<>(groups),
                known ? byGroup : null,
                known ? cramersV() : null);
    }

    /**
     * Cramér's V: the square root of chi-squared / (n (k - 1)), where k is the smaller number of groups and labels.
     *
     * @see <a href="https://doi.org/10.1515/9781400883868">Cramér, 1946: Mathematical Methods of Statistics, section
     *     21.9</a>
     */
    private @Nullable Double cramersV() {
        int smaller = Math.min(groups.size(), labels.size());
        if (smaller < 2) {
            return null;
        }
        double n = groups.values().stream().mapToLong(Long::longValue).sum();
        double chi = 0;
        for (Map<String, Long> counts : labels.values()) {
            double ofLabel = counts.values().stream().mapToLong(Long::longValue).sum();
            for (Map.Entry<String, Long> group : groups.entrySet()) {
                double expected = ofLabel * group.getValue() / n;
                double difference = counts.getOrDefault(group.getKey(), 0L) - expected;
                chi += difference * difference / expected;
            }
        }
        return Math.round(1e4 * Math.sqrt(chi / (n * (smaller - 1)))) / 1e4;
    }
}
