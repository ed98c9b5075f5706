package dev.septet.activities.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.time.CpuTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, abc, true",
        "a*c, abc, true",
        "a*c, ac, true",
        "a*c, acd, false",
        "a?c, ac, false",
        "*b*b*, abab, true",
        "*b*b*, aba, false",
        "a.c, abc, false",
        "data/train-*, data/train-1.parquet, true",
        "*, data/x.jsonl, false",
        "**, data/x.jsonl, true",
        "**/x.jsonl, a/b/x.jsonl, true",
        "data/?.csv, data/a.csv, true",
        "data/?.csv, data/.csv, false",
        "./a.csv, a.csv, true"
    })
    void matches(String pattern, String path, boolean expected) {
        assertThat(PathPattern.matches(pattern, path)).isEqualTo(expected);
    }

    @Test
    void aPatternOfManyStarsTakesNoLongTime() {
        CpuTime start = CpuTime.start();
        assertThat(PathPattern.matches("*a".repeat(100) + "b", "a".repeat(250))).isFalse();
        assertThat(start.used()).isLessThan(Duration.ofSeconds(1));
    }
}
