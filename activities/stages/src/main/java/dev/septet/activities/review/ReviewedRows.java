package dev.septet.activities.review;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows of every pipeline that reviewers accepted, for training with its dataset. A pipeline's
 * rows are append-only: the first N rows never change, so that a number of rows is a cursor.
 *
 * @param root folder that holds a folder for each pipeline
 */
public record ReviewedRows(Path root) {
    static final String ROWS = "rows.jsonl";

    /**
     * The pipeline's rows as chat JSONL that {@code dataset} reads; the file need not exist yet.
     */
    public Path file(String pipeline) {
        return root.resolve(pipeline).resolve(ROWS);
    }

    /** Number of the pipeline's rows. */
    public long count(String pipeline) throws IOException {
        return lines(file(pipeline)).size();
    }

    /**
     * Lines from a row on, each a whole JSON object without its line end. An incomplete last line
     * is not included.
     *
     * @param from 0 for all
     */
    public List<String> rows(String pipeline, long from) throws IOException {
        List<String> lines = lines(file(pipeline));
        return List.copyOf(lines.subList((int) Math.min(from, lines.size()), lines.size()));
    }

    /**
     * The first lines.
     *
     * @param count number of lines; negative for all present ones
     */
    public List<String> first(String pipeline, long count) throws IOException {
        List<String> lines = rows(pipeline, 0);
        return count < 0 || count >= lines.size() ? lines : lines.subList(0, (int) count);
    }

    /**
     * Ids of the pipeline's candidates that were decided. It needs no lock, so it stops no reviewer; a decision in progress may be
     * missing.
     */
    public Set<String> decided(String pipeline) throws IOException {
        Set<String> ids = new HashSet<>();
        for (String line : lines(file(pipeline))) {
            ReviewedRow.read(line).ifPresent(row -> ids.add(row.id()));
        }
        for (String line : lines(root.resolve(pipeline).resolve(ReviewBook.DECISIONS))) {
            ids.add(ReviewBook.decision(line).id());
        }
        return ids;
    }

    /**
     * Numbers of the pipeline's rows that were made of lines of its audit log, from 1.
     *
     * @param lines digests of the lines
     */
    public List<Integer> madeOf(String pipeline, Set<String> lines) throws IOException {
        List<String> all = lines(file(pipeline));
        List<Integer> made = new ArrayList<>();
        for (int at = 0; at < all.size(); at++) {
            boolean one = ReviewedRow.read(all.get(at)).stream()
                    .flatMap(row -> row.evidence().stream())
                    .anyMatch(from -> lines.contains(from.answerLine()) || lines.contains(from.feedbackLine()));
            if (one) {
                made.add(at + 1);
            }
        }
        return made;
    }

    /**
     * Opens a pipeline's decisions for writing, for one reviewer at a time.
     *
     * @throws ReviewProblem when somebody else has them open
     */
    public ReviewBook open(String pipeline) throws IOException {
        return ReviewBook.open(root.resolve(pipeline));
    }

    static List<String> lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file, StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        int at = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
            lines.add(text.substring(at, end));
            at = end + 1;
        }
        return lines;
    }
}
