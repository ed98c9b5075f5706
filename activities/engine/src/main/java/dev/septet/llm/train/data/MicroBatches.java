package dev.septet.llm.train.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Splits a step's rows into micro-batches of rows of similar length, which share matrix products,
 * within a token budget. The result is a function of lengths and budget only.
 */
public final class MicroBatches {
    private MicroBatches() {}

    /**
     * Splits single rows. The longest row comes first, so that a batch that does not fit fails
     * early. Rows of equal length keep their order.
     *
     * @param tokens maximum number of tokens in a micro-batch; a longer row forms its own
     *     micro-batch
     * @param length of a row in tokens
     * @return positions in {@code rows}
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
     * Splits examples of several rows each, which stay in one micro-batch.
     *
     * @param rows number of rows; the rows of an example are adjacent
     * @param rowsPerExample rows per example
     * @return positions of rows
     */
    public static List<List<Integer>> of(int rows, int rowsPerExample, int tokens, IntUnaryOperator length) {
        int[] examples = IntStream.range(0, rows / rowsPerExample).toArray();
        return of(examples, tokens, at -> rowsOf(at, rowsPerExample).map(length).sum()).stream()
                .map(batch -> batch.stream()
                        .flatMap(at -> rowsOf(at, rowsPerExample).boxed())
                        .toList())
                .toList();
    }

    private static IntStream rowsOf(int example, int rowsPerExample) {
        return IntStream.range(example * rowsPerExample, (example + 1) * rowsPerExample);
    }
}
