package dev.septet.llm.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataOrderTest {
    @Test
    void everyEpochTakesEveryRowOnceInAnotherOrder() {
        DataOrder order = new DataOrder(10, 4, 7);
        List<Integer> first = epoch(order, 0);
        List<Integer> second = epoch(order, 3);
        assertThat(first).containsExactlyInAnyOrderElementsOf(second).hasSize(10);
        assertThat(first).doesNotHaveDuplicates().isNotEqualTo(second);
        assertThat(order.rowsOf(2)).as("what is left").hasSize(2);
        assertThat(order.epochOf(2)).isZero();
        assertThat(order.epochOf(3)).isEqualTo(1);
    }

    @Test
    void aStepsRowsDoNotDependOnWhatCameBefore() {
        int[] fresh = new DataOrder(10, 4, 7).rowsOf(4);
        DataOrder order = new DataOrder(10, 4, 7);
        IntStream.range(0, 4).forEach(order::rowsOf);
        assertThat(order.rowsOf(4)).isEqualTo(fresh);
        assertThat(new DataOrder(10, 4, 8).rowsOf(4)).isNotEqualTo(fresh);
    }

    @Test
    void microBatchesHoldRowsOfLikeLengthUpToABudget() {
        int[] lengths = {3, 9, 4, 8, 4};
        int[] rows = {0, 1, 2, 3, 4};
        assertThat(MicroBatches.of(rows, 12, row -> lengths[row]))
                .containsExactly(List.of(1), List.of(3, 2), List.of(4, 0));
        assertThat(MicroBatches.of(rows, 28, row -> lengths[row])).containsExactly(List.of(1, 3, 2, 4, 0));
        assertThat(MicroBatches.of(rows, 1, row -> lengths[row]))
                .containsExactly(List.of(1), List.of(3), List.of(2), List.of(4), List.of(0));
        assertThat(MicroBatches.of(new int[0], 5, row -> lengths[row])).isEmpty();
    }

    private static List<Integer> epoch(DataOrder order, int from) {
        List<Integer> rows = new ArrayList<>();
        for (int step = from; step < from + 3; step++) {
            IntStream.of(order.rowsOf(step)).forEach(rows::add);
        }
        return rows;
    }
}
