package dev.septet.activities.explain;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.LineageRow;
import dev.septet.llm.explain.RowInfluence;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The training split of a prepared dataset. Copies of a row, which {@code prepare} writes one after the other, are one example. */
final class TrainingExamples implements RowInfluence.Examples {
    private static final String SPLIT = "train";

    private final Path dataset;
    private final TokenDataset tokens;
    private final List<Integer> first = new ArrayList<>();
    private final List<Integer> copies = new ArrayList<>();

    /**
     * @param dataset the dataset's folder
     */
    TrainingExamples(Path dataset) {
        this.dataset = dataset;
        this.tokens = TokenDataset.open(dataset.resolve(SPLIT + ".safetensors"));
        for (int at = 0; at < tokens.examples(); at++) {
            if (at > 0 && same(at - 1, at)) {
                copies.set(copies.size() - 1, copies.get(copies.size() - 1) + 1);
            } else {
                first.add(at);
                copies.add(1);
            }
        }
    }

    /**
     * An example with its texts.
     *
     * @param row number of its first row in the split, from 1
     * @param copies number of times that the split has it
     */
    record Shown(long row, int copies, Row content) {
        String prompt() {
            return content.promptText();
        }

        /** The answer; of plain text the text; of a pair the chosen answer. */
        String answer() {
            return content.reference().orElseGet(() -> content instanceof TextRow text ? text.text() : "");
        }
    }

    @Override
    public int count() {
        return first.size();
    }

    /** Number of rows of the split. */
    int rows() {
        return tokens.examples();
    }

    @Override
    public List<TokenDataset.Row> at(int example) {
        return rows(first.get(example)).mapToObj(tokens::row).toList();
    }

    /** Tokens of the longest row. */
    int longest() {
        return tokens.longest();
    }

    int copies(int example) {
        return copies.get(example);
    }

    /** The texts of some examples. */
    Map<Integer, Shown> shown(List<Integer> examples) throws IOException {
        Map<Integer, Integer> byRow = new HashMap<>();
        examples.forEach(example -> byRow.put(first.get(example), example));
        Map<Integer, Shown> found = new HashMap<>();
        try (PreparedRows rows = PreparedRows.open(dataset.resolve(SPLIT + ".jsonl"))) {
            int at = 0;
            for (var row = rows.next(); row.isPresent() && found.size() < byRow.size(); row = rows.next()) {
                Integer example = byRow.get(at++);
                if (example != null) {
                    found.put(example, new Shown(at, copies.get(example), row.get()));
                }
            }
        }
        return found;
    }

    /** A row of the split, to see of which kind the rows are; null in an empty split. */
    @Nullable
    Row any() throws IOException {
        List<Row> one = PreparedRows.read(dataset.resolve(SPLIT + ".jsonl"), 1);
        return one.isEmpty() ? null : one.get(0);
    }

    /**
     * The rows of the sources that some rows of the split were made of.
     *
     * @param lineage folder of the lineage
     * @param rows numbers of rows in the split, from 1
     */
    static Map<Long, List<LineageRow>> origins(Path lineage, List<Long> rows) throws IOException {
        Map<Long, List<LineageRow>> found = new HashMap<>();
        rows.forEach(row -> found.put(row, new ArrayList<>()));
        LineageFile.read(lineage, row -> {
            List<LineageRow> of = row.split().equals(SPLIT) ? found.get(row.row()) : null;
            if (of != null) {
                of.add(row);
            }
        });
        return found;
    }

    private IntStream rows(int example) {
        int each = tokens.rowsPerExample();
        return IntStream.range(example * each, (example + 1) * each);
    }

    private boolean same(int left, int right) {
        int[] lefts = rows(left).toArray();
        int[] rights = rows(right).toArray();
        for (int i = 0; i < lefts.length; i++) {
            if (tokens.length(lefts[i]) != tokens.length(rights[i])) {
                return false;
            }
            TokenDataset.Row one = tokens.row(lefts[i]);
            TokenDataset.Row other = tokens.row(rights[i]);
            if (!Arrays.equals(one.tokens(), other.tokens()) || !Arrays.equals(one.mask(), other.mask())) {
                return false;
            }
        }
        return true;
    }
}
