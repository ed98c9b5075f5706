package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyShareTest {
    private static List<String> rows(int anna, int ben) {
        List<String> rows = new ArrayList<>(Collections.nCopies(anna, "anna"));
        rows.addAll(Collections.nCopies(ben, "ben"));
        return rows;
    }

    private static List<String> counted(List<String> rows, int min) {
        return KeyShare.bounded(rows, row -> row, min);
    }

    @Test
    void aFloodWeighsNoMoreThanAllOthers() {
        List<String> counted = counted(rows(5000, 150), 200);
        assertThat(counted).hasSize(300).filteredOn("anna"::equals).hasSize(150);
    }

    @Test
    void whereOthersSayLittleThereIsStillEnoughToDecide() {
        assertThat(counted(rows(5000, 10), 200)).hasSize(200);
        assertThat(counted(rows(100, 10), 200)).hasSize(110);
    }

    @Test
    void oneKeyAloneCountsInFull() {
        assertThat(counted(rows(5000, 0), 10)).hasSize(5000);
        assertThat(KeyShare.<String>bounded(rows(5000, 0), row -> null, 10)).hasSize(5000);
    }
}
