package dev.septet.llm.train.data;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.train.CachedActivations;
import java.util.ArrayList;
import java.util.List;

/**
 * Adjacent rows of a dataset whose {@link CachedActivations} form one tensor of the file. A whole
 * dataset would exceed the size of one buffer.
 *
 * @param from its first row
 * @param to one after its last row
 * @param hiddenSize D
 */
public record ActivationBlock(TokenDataset data, int from, int to, int hiddenSize) {
    /** Maximum size in bytes of a block with more than one row. */
    public static final long BYTES = 64L << 20;

    /** All blocks of a dataset. */
    public static List<ActivationBlock> of(TokenDataset data, int hiddenSize) {
        List<ActivationBlock> all = new ArrayList<>();
        int next = 0;
        while (next < data.rows()) {
            ActivationBlock block = with(data, next, hiddenSize);
            all.add(block);
            next = block.to();
        }
        return all;
    }

    /** The block that contains a row. */
    public static ActivationBlock with(TokenDataset data, int row, int hiddenSize) {
        long longest = (long) data.longest() * hiddenSize * Float.BYTES;
        int rows = (int) Math.max(1, BYTES / longest);
        int from = row / rows * rows;
        return new ActivationBlock(data, from, Math.min(from + rows, data.rows()), hiddenSize);
    }

    /** Name of the block's tensor, such as {@code train.128}. */
    public String name() {
        String file = String.valueOf(data.file().getFileName());
        return file.replaceFirst("\\.safetensors$", "") + "." + from;
    }

    /** Shape of the block's tensor; a row's last token is left out, because nothing follows it. */
    public Shape shape() {
        return new Shape(data.followedBefore(to) - data.followedBefore(from), hiddenSize);
    }

    /** Offset of a row's first byte in the block's tensor. */
    public long begin(int row) {
        return (data.followedBefore(row) - data.followedBefore(from)) * hiddenSize * Float.BYTES;
    }
}
