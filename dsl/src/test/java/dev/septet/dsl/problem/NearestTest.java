package dev.septet.dsl.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> WORDS =
            List.of("train", "evaluate", "every", "rank", "learningRate", "ks", "baseline");

    @ParameterizedTest
    @CsvSource({
        "trian, train",
        "TRAIN, train",
        "evry, every",
        "evalute, evaluate",
        "learnigRates, learningRate",
        "base, baseline",
        "rnk, rank"
    })
    void findsTheWordThatWasMeant(String word, String meant) {
        assertThat(Nearest.to(word, WORDS)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"sparkle", "x", "zz", "colour"})
    void guessesNothingFromFarAway(String word) {
        assertThat(Nearest.to(word, WORDS)).isEmpty();
    }

    @Test
    void countsEdits() {
        assertThat(Nearest.distance("abc", "abc")).isZero();
        assertThat(Nearest.distance("abc", "acb")).isEqualTo(1);
        assertThat(Nearest.distance("abc", "ab")).isEqualTo(1);
        assertThat(Nearest.distance("abc", "xbc")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    }
}
