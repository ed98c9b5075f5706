package dev.septet.activities.prepare.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static byte[] digest(String row) {
        return row.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<SplitName, Integer> share(SplitSpec spec, int rows, long seed) {
        SplitKeys keys = new SplitKeys(seed);
        for (int i = 0; i < rows; i++) {
            keys.add(digest("row " + i));
        }
        long[] sorted = keys.sorted();
        Split split = new Split(spec, sorted);
        Map<SplitName, Integer> counts = new EnumMap<>(SplitName.class);
        for (long key : sorted) {
            counts.merge(split.of(key), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void sharesAreExactToARow() {
        assertThat(share(new SplitSpec(90, 5, 5), 1000, 1))
                .isEqualTo(Map.of(SplitName.TRAIN, 900, SplitName.VALIDATION, 50, SplitName.TEST, 50));
        assertThat(share(new SplitSpec(100, 0, 0), 10, 1)).isEqualTo(Map.of(SplitName.TRAIN, 10));
        assertThat(share(new SplitSpec(90, 5, 5), 3, 1))
                .isEqualTo(Map.of(SplitName.TRAIN, 1, SplitName.VALIDATION, 1, SplitName.TEST, 1));
    }

    @Test
    void equalRowsAreNeverParted() {
        SplitKeys keys = new SplitKeys(1);
        for (int i = 0; i < 300; i++) {
            keys.add(digest("row " + i % 40));
        }
        long[] sorted = keys.sorted();
        Split split = new Split(new SplitSpec(60, 20, 20), sorted);
        Map<Long, SplitName> first = new HashMap<>();
        for (long key : sorted) {
            assertThat(first.computeIfAbsent(key, split::of)).isEqualTo(split.of(key));
        }
        assertThat(first.values()).contains(SplitName.TRAIN, SplitName.VALIDATION, SplitName.TEST);
    }

    @Test
    void aNewRowMovesFewOthers() {
        SplitSpec spec = new SplitSpec(80, 10, 10);
        SplitKeys keys = new SplitKeys(1);
        for (int i = 0; i < 1000; i++) {
            keys.add(digest("row " + i));
        }
        Split before = new Split(spec, keys.sorted());
        keys.add(digest("a new row"));
        Split after = new Split(spec, keys.sorted());
        int moved = 0;
        for (long key : keys.sorted()) {
            moved += before.of(key) == after.of(key) ? 0 : 1;
        }
        assertThat(moved).isLessThanOrEqualTo(2);
    }

    @Test
    void anotherSeedSharesOtherwise() {
        long one = new SplitKeys(1).add(digest("row"));
        assertThat(new SplitKeys(2).add(digest("row"))).isNotEqualTo(one);
        assertThat(new SplitKeys(1).add(digest("row"))).isEqualTo(one);
    }
}
