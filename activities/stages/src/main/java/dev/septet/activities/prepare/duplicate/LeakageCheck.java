package dev.septet.activities.prepare.duplicate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows whose texts are similar to a row of another split. It sees the test rows first, then the validation rows, then
 * the training rows. So its index has only the rows of the smaller splits, and memory does not grow with the training split.
 */
public final class LeakageCheck implements Closeable {
    private static final int MAX_EXAMPLES = 5;

    private final LeakageSpec spec;
    private final SimilarRows index;
    private int testRows;
    private long trainTest;
    private long trainValidation;
    private long validationTest;
    private final List<Pair> examples = new ArrayList<>();

    /**
     * @param scratch a new file for texts; null keeps them in memory
     */
    public LeakageCheck(LeakageSpec spec, @Nullable Path scratch) throws IOException {
        this.spec = spec;
        index = new SimilarRows(spec.similarity(), spec.on(), scratch);
    }

    /**
     * Two similar rows in different splits: a line of leakage.jsonl.
     *
     * @param row place of the row that is left out with {@code leakage remove}
     * @param split its split
     * @param other place of the similar row
     * @param otherSplit split of the similar row
     * @param similarity Jaccard similarity of their texts, rounded to three digits
     */
    public record Pair(String row, String split, String other, String otherSplit, double similarity) {
        /** The pair in words. */
        @Override
        public String toString() {
            return "%s (%s) and %s (%s)".formatted(row, split, other, otherSplit);
        }
    }

    /**
     * Counts of rows, and the first pairs.
     *
     * @param action what the pipeline file declares
     * @param trainTest training rows that are similar to a test row
     * @param trainValidation other training rows that are similar to a validation row
     * @param validationTest validation rows that are similar to a test row
     * @param examples the first pairs, in words
     * @param leftOut index entries beyond the size of a bucket; if not 0, some similar rows may not be found
     */
    public record Counts(
            LeakageSpec.Action action,
            long trainTest,
            long trainValidation,
            long validationTest,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> examples,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long leftOut) {
        /** All rows that are similar to a row of another split. */
        public long all() {
            return trainTest + trainValidation + validationTest;
        }

        /** The rows that were left out. */
        public long removed() {
            return action == LeakageSpec.Action.REMOVE ? all() : 0;
        }
    }

    /**
     * Compares a row with the rows of the splits before its own, and remembers it for the splits after its own. A
     * validation row that is left out is not remembered.
     */
    public Optional<Pair> add(Row row, SplitName split) throws IOException {
        RowSignature signature = index.signature(row);
        String place = row.place().toString();
        // The test rows are the first of the index. A validation row is compared with them only.
        Optional<SimilarRows.Found> found = split == SplitName.TEST
                ? Optional.empty()
                : index.find(signature, split == SplitName.TRAIN ? index.size() : testRows);
        Optional<Pair> pair = found.map(other -> pair(place, split, other));
        boolean left = pair.isPresent() && spec.action() == LeakageSpec.Action.REMOVE;
        if (split != SplitName.TRAIN && !left) {
            index.add(place, signature);
            testRows = split == SplitName.TEST ? index.size() : testRows;
        }
        return pair;
    }

    private Pair pair(String place, SplitName split, SimilarRows.Found other) {
        boolean test = other.number() < testRows;
        if (split == SplitName.VALIDATION) {
            validationTest++;
        } else if (test) {
            trainTest++;
        } else {
            trainValidation++;
        }
        SplitName of = test ? SplitName.TEST : SplitName.VALIDATION;
        Pair pair =
                new Pair(place, split.word(), other.place(), of.word(), Math.round(other.similarity() * 1000) / 1000.0);
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(pair);
        }
        return pair;
    }

    /** The counts of the rows so far. */
    public Counts counts() {
        return new Counts(
                spec.action(),
                trainTest,
                trainValidation,
                validationTest,
                examples.stream().map(Pair::toString).toList(),
                index.leftOut());
    }

    /** The first pairs. */
    public List<Pair> examples() {
        return List.copyOf(examples);
    }

    @Override
    public void close() throws IOException {
        index.close();
    }
}
