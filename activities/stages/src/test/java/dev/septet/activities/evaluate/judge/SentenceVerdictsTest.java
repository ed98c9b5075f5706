package dev.septet.activities.evaluate.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several judges: 1 is supported, 0.5 is not mentioned, 0 is contradicted. */
class SentenceVerdictsTest {
    @ParameterizedTest
    @CsvSource({
        "1, SUPPORTED",
        "0.5, NOT_MENTIONED",
        "0, CONTRADICTED",
        "NaN, NONE",
        "1 1, SUPPORTED",
        "1 0.5, NOT_MENTIONED",
        "1 0, CONTRADICTED",
        "0.5 0, CONTRADICTED",
        "1 NaN, NONE",
        "1 1 0, SUPPORTED",
        "1 0.5 0, NOT_MENTIONED",
        "1 0 0, CONTRADICTED",
        "1 1 1 NaN, NONE",
        "1 1 0.5 0, NOT_MENTIONED",
        "1 1 0 0, CONTRADICTED"
    })
    void aMajorityMustFindSupport(String scores, SentenceVerdicts.Verdict verdict) {
        double[] each = Arrays.stream(scores.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(SentenceVerdicts.together(each)).isEqualTo(verdict);
    }
}
