package dev.septet.activities.prepare.label;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.transform.RowExpressions;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.text.PublicText;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Labels records by their votes, after the filters and maps. It sees all records twice: first it counts their votes, then, after
 * {@link #fit}, it sets the label of each. A label depends on the row's votes only, so equal data gives equal labels in any
 * order. Memory grows with the number of different votes, not of rows. One thread counts; several may label.
 */
public final class LabelFunctions implements RecordEdit {
    /** More different votes than this are no agreement that a model could find. */
    static final int MAX_PATTERNS = 200_000;

    private final RecordEdit before;
    private final LabelSpec spec;
    private final List<String> names;
    private final int[] labels;
    private final RowExpressions functions;
    private final Set<String> reads;
    private final SortedMap<Votes, Long> rows = new TreeMap<>();
    private final SortedMap<Votes, SortedMap<Integer, Long>> golds = new TreeMap<>();
    private @Nullable LabelModel model;

    /**
     * @param before the filters and maps
     */
    public LabelFunctions(RecordEdit before, LabelSpec spec) {
        this.before = before;
        this.spec = spec;
        names = spec.labels();
        labels = spec.votes().stream()
                .mapToInt(vote -> names.indexOf(vote.label()))
                .toArray();
        functions = RowExpressions.truths(
                spec.votes().stream().map(LabelSpec.Vote::when).toList());
        Set<String> all = new TreeSet<>(before.reads());
        all.addAll(functions.reads());
        all.add(spec.field());
        if (spec.gold() != null) {
            all.add(spec.gold());
        }
        reads = Collections.unmodifiableSet(all);
    }

    @Override
    public Set<String> reads() {
        return reads;
    }

    @Override
    public boolean apply(ObjectNode record, RowPlace place) {
        return excludes(record, place).isEmpty();
    }

    @Override
    public Optional<ExcludedRow.Reason> excludes(ObjectNode record, RowPlace place) {
        Optional<ExcludedRow.Reason> filtered = before.excludes(record, place);
        if (filtered.isPresent()) {
            return filtered;
        }
        Votes votes = Votes.NONE;
        boolean[] truths = functions.truths(record, place);
        for (int j = 0; j < truths.length; j++) {
            votes = truths[j] ? votes.with(j) : votes;
        }
        LabelModel fitted = model;
        if (fitted == null) {
            count(votes, record);
            // Any label: the format of the rows may depend on the field.
            record.put(spec.field(), names.get(0));
            return Optional.empty();
        }
        int label = fitted.label(votes);
        if (label != LabelModel.NONE) {
            record.put(spec.field(), names.get(label));
            return Optional.empty();
        }
        record.remove(spec.field());
        return spec.unlabelled() == LabelSpec.Unlabelled.KEEP
                ? Optional.empty()
                : Optional.of(ExcludedRow.Reason.LABEL);
    }

    private void count(Votes votes, ObjectNode record) {
        if (rows.size() == MAX_PATTERNS && !rows.containsKey(votes)) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.PIPELINE,
                    PublicText.of(
                            "the functions of `label` vote in more than %,d different ways; declare fewer of them",
                            MAX_PATTERNS));
        }
        rows.merge(votes, 1L, Long::sum);
        JsonNode gold = spec.gold() == null ? null : record.get(spec.gold());
        if (gold != null
                && gold.isValueNode()
                && !gold.isNull()
                && !gold.asText().isBlank()) {
            golds.computeIfAbsent(votes, any -> new TreeMap<>())
                    .merge(names.indexOf(gold.asText().strip()), 1L, Long::sum);
        }
    }

    /**
     * Fits the model to the votes so far. From then on, records are labelled.
     *
     * @param step runs before each step of the fit; an exception ends it
     */
    public void fit(Runnable step) {
        model = LabelModel.fit(labels, names.size(), rows, step);
    }

    /** The votes so far. */
    public VoteCounts counts() {
        return VoteCounts.of(rows, golds);
    }

    /**
     * Fits the model to votes that were counted before, instead of those of records. Equal votes give equal labels on every
     * machine.
     *
     * @param step runs before each step of the fit; an exception ends it
     */
    public void fit(VoteCounts counted, Runnable step) {
        rows.clear();
        golds.clear();
        for (VoteCounts.Pattern pattern : counted.patterns()) {
            rows.put(pattern.votes(), pattern.rows());
            if (!pattern.golds().isEmpty()) {
                golds.put(pattern.votes(), pattern.golds());
            }
        }
        fit(step);
    }

    /** The table; null before {@link #fit}. */
    public @Nullable LabelTable table() {
        LabelModel fitted = model;
        return fitted == null ? null : fitted.table(spec, Collections.unmodifiableMap(rows), golds);
    }

    /** The numbers of gold labels for each kind of votes. */
    static long sum(Map<Integer, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
