package dev.septet.llm.train.data;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.train.CachedActivations;
import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring rows of a dataset whose {@link CachedActivations} are one tensor of the file: all of a
 * dataset would be more than a buffer holds.
 *
 * @param from its first row
 * @param to behind its last row
 * @param hiddenSize D
 */
public record ActivationBlock(TokenDataset data, int from, int to, int hiddenSize) {
    /** Most bytes of a stretch of more than one row. */
    public static final long BYTES = 64L << 20;

    /** All of a dataset. */
    public static List<ActivationBlock> of(TokenDataset data, int hiddenSize) {
        List<ActivationBlock> all = new ArrayList<>();
        int next = 0;
        while (next < data.rows()) {
            ActivationBlock stretch = with(data, next, hiddenSize);
            all.add(stretch);
            next = stretch.to();
        }
        return all;
    }

    /** The one that a row is in. */
    public static ActivationBlock with(TokenDataset data, int row, int hiddenSize) {
        long longest = (long) data.longest() * hiddenSize * Float.BYTES;
        int rows = (int) Math.max(1, BYTES / longest);
        int from = row / rows * rows;
        return new ActivationBlock(data, from, Math.min(from + rows, data.rows()), hiddenSize);
    }

    /** Name of its tensor, such as {@code train.128}. */
    public String name() {
        String file = String.valueOf(data.file().getFileName());
        return file.replaceFirst("\\.safetensors$", "") + "." + from;
    }

    /** Of its tensor: a row's last token has nothing behind it, and no place. */
    public Shape shape() {
        return new Shape(data.followedBefore(to) - data.followedBefore(from), hiddenSize);
    }

    /** A row's first byte in its tensor. */
    public long begin(int row) {
        return (data.followedBefore(row) - data.followedBefore(from)) * hiddenSize * Float.BYTES;
    }
}
