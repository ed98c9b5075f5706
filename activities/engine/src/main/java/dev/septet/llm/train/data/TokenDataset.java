package dev.septet.llm.train.data;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.template.TokenSequence;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tokenized rows in a mapped safetensors file: {@code tokens} I32 (N), {@code mask} U8 (N), 1 for
 * loss-carrying tokens, and {@code offsets} I64 (rows + 1). If each epoch draws its rows by weights,
 * also {@code weights} F32 (rows). In a set of pairs, every two rows form
 * one example, the chosen answer first; the file's metadata declares it.
 */
public final class TokenDataset {
    static final String TOKENS = "tokens";
    static final String MASK = "mask";
    static final String OFFSETS = "offsets";
    static final String WEIGHTS = "weights";

    /** Metadata key; absent if each row is an example. */
    static final String ROWS_PER_EXAMPLE = "rows per example";

    private final Path file;
    private final IntBuffer tokens;
    private final ByteBuffer mask;
    private final LongBuffer offsets;
    private final Optional<FloatBuffer> weights;
    private final int rowsPerExample;
    private final int longest;
    private volatile int @Nullable [] lossCounts;

    private TokenDataset(
            Path file,
            IntBuffer tokens,
            ByteBuffer mask,
            LongBuffer offsets,
            Optional<FloatBuffer> weights,
            int rowsPerExample) {
        this.file = file;
        this.tokens = tokens;
        this.mask = mask;
        this.offsets = offsets;
        this.weights = weights;
        this.rowsPerExample = rowsPerExample;
        this.longest = IntStream.range(0, rows()).map(this::length).max().orElse(0);
    }

    /** One row: its tokens, and a mask that is 1 for loss-carrying tokens, else 0. Never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Row(int[] tokens, byte[] mask) {
        public Row {
            if (tokens.length != mask.length) {
                throw new IllegalArgumentException(tokens.length + " tokens with a mask of " + mask.length);
            }
        }

        /** Number of loss-carrying tokens; the first token is excluded, because nothing precedes it. */
        public int lossTokens() {
            int count = 0;
            for (int i = 1; i < mask.length; i++) {
                count += mask[i] == 0 ? 0 : 1;
            }
            return count;
        }

        /** The row as a scorer's input. */
        public TokenSequence sequence() {
            boolean[] loss = new boolean[mask.length];
            for (int at = 0; at < loss.length; at++) {
                loss[at] = mask[at] != 0;
            }
            return new TokenSequence(tokens, loss);
        }
    }

    /**
     * Maps a dataset.
     *
     * @throws FormatProblem when the file is not safetensors, or its tensors are inconsistent
     */
    public static TokenDataset open(Path file) {
        Safetensors tensors = Safetensors.open(file);
        StoredTensor tokens = vector(tensors, TOKENS, ElementType.I32);
        StoredTensor mask = vector(tensors, MASK, ElementType.U8);
        StoredTensor offsets = vector(tensors, OFFSETS, ElementType.I64);
        LongBuffer rows = offsets.bytes().asLongBuffer();
        long count = tokens.shape().size();
        boolean whole = rows.limit() >= 1
                && rows.get(0) == 0
                && rows.get(rows.limit() - 1) == count
                && mask.shape().size() == count;
        for (int i = 1; whole && i < rows.limit(); i++) {
            whole = rows.get(i) >= rows.get(i - 1);
        }
        if (!whole) {
            throw new FormatProblem(file, "offsets do not cut its " + count + " tokens and masks into rows");
        }
        boolean pairs = "2".equals(tensors.metadata().get(ROWS_PER_EXAMPLE));
        if (pairs && rows.limit() % 2 == 0) {
            throw new FormatProblem(file, "holds pairs, but its number of rows is odd");
        }
        return new TokenDataset(
                file,
                tokens.bytes().asIntBuffer(),
                mask.bytes(),
                rows,
                weights(tensors, rows.limit() - 1),
                pairs ? 2 : 1);
    }

    private static Optional<FloatBuffer> weights(Safetensors tensors, int rows) {
        if (!tensors.names().contains(WEIGHTS)) {
            return Optional.empty();
        }
        FloatBuffer weights = vector(tensors, WEIGHTS, ElementType.F32).bytes().asFloatBuffer();
        boolean usable = weights.limit() == rows && rows > 0;
        for (int row = 0; usable && row < rows; row++) {
            usable = Float.isFinite(weights.get(row)) && weights.get(row) > 0;
        }
        if (!usable) {
            throw new FormatProblem(tensors.file(), "weights are not one positive number for each row");
        }
        return Optional.of(weights);
    }

    private static StoredTensor vector(Safetensors tensors, String name, ElementType type) {
        StoredTensor tensor = tensors.tensor(name);
        Shape shape = tensor.shape();
        if (tensor.type() != type || shape.dimension() != 1) {
            throw new FormatProblem(tensors.file(), name + " must be a vector of " + type + ", is " + shape);
        }
        return tensor;
    }

    public Path file() {
        return file;
    }

    /** Number of rows. */
    public int rows() {
        return offsets.limit() - 1;
    }

    /** Number of adjacent rows per example: 1, or 2 in a set of pairs. */
    public int rowsPerExample() {
        return rowsPerExample;
    }

    /** Number of examples: rows, or pairs of rows. */
    public int examples() {
        return rows() / rowsPerExample;
    }

    /** Number of tokens of all rows. */
    public long tokens() {
        return tokens.limit();
    }

    /** Number of tokens in the rows before this row that have a next token. */
    long followedBefore(int row) {
        return offsets.get(row) - row;
    }

    /** Whether each epoch draws its examples by {@link #weight}. */
    public boolean weighted() {
        return weights.isPresent();
    }

    /** Weight of an example; 1 in a file without weights. */
    public float weight(int example) {
        return weights.map(all -> all.get(example * rowsPerExample)).orElse(1f);
    }

    /** Length of a row in tokens. */
    public int length(int row) {
        return (int) (offsets.get(row + 1) - offsets.get(row));
    }

    /** Length of the longest row in tokens. */
    public int longest() {
        return longest;
    }

    /** The rows of the example with the most tokens; the first among equals. */
    public List<Row> longestExample() {
        int longest = IntStream.range(0, examples())
                .boxed()
                .max(Comparator.comparingInt(this::exampleLength))
                .orElseThrow();
        return own(longest).mapToObj(this::row).toList();
    }

    /** Number of tokens of the longest example's rows together. */
    public int longestExampleTokens() {
        return longestExample().stream().mapToInt(row -> row.tokens().length).sum();
    }

    private int exampleLength(int example) {
        return own(example).map(this::length).sum();
    }

    private IntStream own(int example) {
        return IntStream.range(example * rowsPerExample, (example + 1) * rowsPerExample);
    }

    /** An example's answer: its row, or the chosen one of a pair. */
    public Row answered(int example) {
        return row(example * rowsPerExample);
    }

    public Row row(int row) {
        int from = (int) offsets.get(row);
        int[] values = new int[length(row)];
        byte[] marks = new byte[values.length];
        tokens.get(from, values);
        mask.get(from, marks);
        return new Row(values, marks);
    }

    /** Number of loss-carrying tokens of all rows. */
    public long lossTokens() {
        return Arrays.stream(lossCounts()).asLongStream().sum();
    }

    /**
     * Number of loss-carrying tokens of a row; its first token is excluded, because nothing
     * precedes it.
     */
    public int lossTokens(int row) {
        return lossCounts()[row];
    }

    /** One pass over the mask, when a count is first needed: checks, epochs and steps all need it. */
    private int[] lossCounts() {
        int[] counts = lossCounts;
        if (counts == null) {
            counts = IntStream.range(0, rows()).map(this::countedLoss).toArray();
            lossCounts = counts;
        }
        return counts;
    }

    private int countedLoss(int row) {
        int from = (int) offsets.get(row);
        int count = 0;
        for (int i = 1; i < length(row); i++) {
            count += mask.get(from + i) == 0 ? 0 : 1;
        }
        return count;
    }
}
