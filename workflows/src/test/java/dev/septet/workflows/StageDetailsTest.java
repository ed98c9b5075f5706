package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.artifact.Score;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Locale;

/** Scores as people read them. */
class StageDetailsTest {
    @ParameterizedTest
    @CsvSource({
        "0.53333, 0.5333",
        "-3.3, -3.3000",
        "999999, 999999.0000",
        "1.4276e115, 1.428e+115",
        "-2e6, -2.000e+06",
        "NaN, NaN",
        "Infinity, Infinity"
    })
    void whatDivergedFillsNoPage(double value, String figures) {
        assertThat(Score.figures(value)).isEqualTo(figures);
    }

    @Test
    void figuresAreTheSameInEveryCountry() {
        Locale here = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(Score.figures(0.5)).isEqualTo("0.5000");
        } finally {
            Locale.setDefault(here);
        }
    }
}
