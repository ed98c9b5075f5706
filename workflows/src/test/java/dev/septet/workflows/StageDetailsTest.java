package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stages' results as people read them. */
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
    void tellsOfLongRowsWhereThereAreSome() {
        assertThat(StageDetails.of(dataset(0, 0)))
                .isEqualTo("90 train, 5 validation, 5 test rows; 1 quarantined, 2 duplicates");
        assertThat(StageDetails.of(dataset(3, 0))).endsWith("2 duplicates, 3 dropped as too long");
        assertThat(StageDetails.of(dataset(0, 4))).endsWith("2 duplicates, 4 truncated");
    }

    /** In the order of the steps, whatever the order of the JSON. */
    @Test
    void namesTheRowsThatEachStepRemoved() {
        Map<String, Long> removed = Map.of("also in a test", 4L, "near-duplicates", 3L, "without consent", 1L);
        assertThat(StageDetails.of(dataset(0, 0, removed)))
                .endsWith("2 duplicates, 1 without consent, 3 near-duplicates, 4 also in a test");
    }

    private static DatasetRef dataset(long dropped, long truncated) {
        return dataset(dropped, truncated, Map.of());
    }

    private static DatasetRef dataset(long dropped, long truncated, Map<String, Long> removed) {
        return new DatasetRef(
                new ArtifactRef("store:artifacts/1", "1", 1),
                90,
                5,
                5,
                9000,
                4500,
                null,
                120,
                1,
                2,
                3,
                0,
                dropped,
                truncated,
                removed,
                null,
                0,
                new Origin("1", null, "first run"));
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
