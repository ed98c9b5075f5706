package dev.septet.activities.prepare.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowOverlapTest {
    private final RowOverlap overlap = new RowOverlap(13);

    @Test
    void findsASharedSequenceAndAShortQuestionAndNothingElse() {
        Row shared = row(1, words("a", 20), "one");
        Row brief = row(2, "What is the capital of Peru?", "Lima");
        Row unlike = row(3, words("b", 20), "three");
        for (Row row : new Row[] {shared, brief, unlike}) {
            assertThat(overlap.exam(row)).isTrue();
        }
        overlap.training(row(1, "Before " + words("A", 14).replace(" ", ", "), "two")); // 13 words in a row
        overlap.training(row(2, "what is the capital of peru", "Another answer"));
        overlap.training(row(3, words("b", 12), "three")); // one word too few
        assertThat(overlap.shared(shared)).isTrue();
        assertThat(overlap.shared(brief)).isTrue();
        assertThat(overlap.shared(unlike)).isFalse();
    }

    /** As for decontaminate, so that a decontaminated exam has no overlap. */
    @Test
    void aTemplateIsNoOverlap() {
        for (int at = 0; at < 30; at++) {
            overlap.exam(row(at, words("t", 15) + " " + at, "yes"));
        }
        overlap.training(row(1, words("t", 15) + " other", "no"));
        assertThat(overlap.shared(row(1, words("t", 15) + " 1", "yes"))).isFalse();
        assertThat(overlap.templates()).isPositive();
    }

    private static String words(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(at -> prefix + at).collect(Collectors.joining(" "));
    }

    private static Row row(int line, String prompt, String answer) {
        return new CompletionRow(prompt, answer, new RowPlace("rows.jsonl", line));
    }
}
