package dev.septet.llm.train.data;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsColumns;
import dev.septet.llm.format.SafetensorsColumns.Vector;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes {@link TokenDataset} files row by row: equal rows give equal bytes. */
public final class TokenDatasetWriter implements Closeable {
    private final SafetensorsColumns file;
    private final SafetensorsColumns.Column offsets;
    private final SafetensorsColumns.Column tokens;
    private final SafetensorsColumns.Column mask;
    private final Optional<SafetensorsColumns.Column> weights;
    private long offset;

    private TokenDatasetWriter(SafetensorsColumns file, boolean weighted) {
        this.file = file;
        this.offsets = file.column(0);
        this.tokens = file.column(1);
        this.weights = weighted ? Optional.of(file.column(2)) : Optional.empty();
        this.mask = file.column(weighted ? 3 : 2);
    }

    /**
     * A file whose size is known.
     *
     * @param rowsPerExample neighbouring rows of one example: 1, or 2 for pairs, the chosen answer first
     * @param rows how many will be added
     * @param tokens how many these have together
     */
    public static TokenDatasetWriter create(Path file, int rowsPerExample, long rows, long tokens) throws IOException {
        return create(file, rowsPerExample, rows, tokens, false);
    }

    /**
     * A file whose size is known, with or without a weight for each row.
     *
     * @param weighted whether each epoch draws its examples by their weights
     */
    public static TokenDatasetWriter create(Path file, int rowsPerExample, long rows, long tokens, boolean weighted)
            throws IOException {
        // The widest type first, so that each tensor starts at a multiple of its size.
        Vector offsets = new Vector(TokenDataset.OFFSETS, ElementType.I64, rows + 1);
        Vector ids = new Vector(TokenDataset.TOKENS, ElementType.I32, tokens);
        Vector mask = new Vector(TokenDataset.MASK, ElementType.U8, tokens);
        SafetensorsColumns columns = SafetensorsColumns.create(
                file,
                rowsPerExample == 1
                        ? Map.of()
                        : Map.of(TokenDataset.ROWS_PER_EXAMPLE, Integer.toString(rowsPerExample)),
                weighted
                        ? List.of(offsets, ids, new Vector(TokenDataset.WEIGHTS, ElementType.F32, rows), mask)
                        : List.of(offsets, ids, mask));
        TokenDatasetWriter writer = new TokenDatasetWriter(columns, weighted);
        writer.offsets.putLong(0);
        return writer;
    }

    /**
     * Writes rows, going over them twice and holding one at a time.
     *
     * @param rows gives the same rows each time
     */
    public static void write(Path file, Iterable<TokenDataset.Row> rows) throws IOException {
        write(file, 1, rows);
    }

    /**
     * Writes rows. Several adjacent rows may form one example.
     *
     * @param rowsPerExample rows per example: 1, or 2 for pairs, the chosen answer first
     */
    public static void write(Path file, int rowsPerExample, Iterable<TokenDataset.Row> rows) throws IOException {
        long count = 0;
        long tokens = 0;
        for (TokenDataset.Row row : rows) {
            count++;
            tokens += row.tokens().length;
        }
        try (TokenDatasetWriter writer = create(file, rowsPerExample, count, tokens)) {
            for (TokenDataset.Row row : rows) {
                writer.add(row);
            }
            writer.finish();
        }
    }

    /** Adds a row of weight 1. */
    public void add(TokenDataset.Row row) throws IOException {
        add(row, 1);
    }

    /**
     * Adds a row with its weight, which is written in weighted files only. All rows of an example have the same weight.
     */
    public void add(TokenDataset.Row row, float weight) throws IOException {
        if (weights.isPresent()) {
            weights.get().putInt(Float.floatToIntBits(weight));
        }
        offset += row.tokens().length;
        offsets.putLong(offset);
        for (int token : row.tokens()) {
            tokens.putInt(token);
        }
        for (byte mark : row.mask()) {
            mask.put(mark);
        }
    }

    /**
     * Ends the file and forces it to disk.
     *
     * @throws IllegalStateException when there were more or fewer rows or tokens than declared
     */
    public void finish() throws IOException {
        file.finish();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
