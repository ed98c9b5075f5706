package dev.septet.llm.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Cuts a step's rows into micro-batches of rows of like length, which share products. */
final class MicroBatches {
    private MicroBatches() {}

    /**
     * Positions in {@code rows}, the longest row's first (a batch that does not fit fails early).
     */
    static List<List<Integer>> of(int[] rows, int size, IntUnaryOperator length) {
        List<Integer> order =
                IntStream.range(0, rows.length)
                        .boxed()
                        .sorted(
                                Comparator.comparingInt(
                                        (Integer position) -> -length.applyAsInt(rows[position])))
                        .toList();
        List<List<Integer>> batches = new ArrayList<>();
        for (int from = 0; from < order.size(); from += size) {
            batches.add(order.subList(from, Math.min(order.size(), from + size)));
        }
        return batches;
    }
}
