package dev.septet.llm.train.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Cuts a step's rows into micro-batches: rows of like length, which share products, up to a budget
 * of tokens. A function of lengths and budget alone.
 */
public final class MicroBatches {
    private MicroBatches() {}

    /**
     * Positions in {@code rows}, the longest row's first (a batch that does not fit fails early);
     * rows of equal length stay in their order.
     *
     * @param tokens most tokens of a micro-batch; a longer row goes alone
     * @param length of a row in tokens
     */
    public static List<List<Integer>> of(int[] rows, int tokens, IntUnaryOperator length) {
        List<Integer> order = IntStream.range(0, rows.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer position) -> -length.applyAsInt(rows[position])))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        int from = 0;
        long filled = 0;
        for (int at = 0; at < order.size(); at++) {
            int next = length.applyAsInt(rows[order.get(at)]);
            if (at > from && filled + next > tokens) {
                batches.add(order.subList(from, at));
                from = at;
                filled = 0;
            }
            filled += next;
        }
        if (from < order.size()) {
            batches.add(order.subList(from, order.size()));
        }
        return batches;
    }

    /**
     * The same of examples that are several rows each, which no micro-batch parts.
     *
     * @param rows how many there are, the rows of an example side by side
     * @param each rows of one example
     * @return positions of rows
     */
    public static List<List<Integer>> of(int rows, int each, int tokens, IntUnaryOperator length) {
        int[] examples = IntStream.range(0, rows / each).toArray();
        return of(examples, tokens, at -> own(at, each).map(length).sum()).stream()
                .map(batch ->
                        batch.stream().flatMap(at -> own(at, each).boxed()).toList())
                .toList();
    }

    private static IntStream own(int example, int each) {
        return IntStream.range(example * each, (example + 1) * each);
    }
}
