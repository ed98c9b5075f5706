package dev.septet.activities.evaluate.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Agreement equals that of scikit-learn and krippendorff; make.py beside the values writes them. */
class RaterAgreementTest {
    @Test
    void equalsTheReferenceValues() throws IOException {
        try (InputStream in = Objects.requireNonNull(RaterAgreementTest.class.getResourceAsStream("agreement.json"))) {
            for (JsonNode each : SpecJson.mapper().readTree(in)) {
                List<double[]> raters = raters(each);
                if (each.has("kappa")) {
                    assertThat(RaterAgreement.kappa(raters.get(0), raters.get(1), false))
                            .isCloseTo(each.path("kappa").asDouble(), within(1e-12));
                    assertThat(RaterAgreement.kappa(raters.get(0), raters.get(1), true))
                            .isCloseTo(each.path("weighted").asDouble(), within(1e-12));
                }
                assertThat(RaterAgreement.alpha(raters, false))
                        .isCloseTo(each.path("nominal").asDouble(), within(1e-12));
                assertThat(RaterAgreement.alpha(raters, true))
                        .isCloseTo(each.path("ordinal").asDouble(), within(1e-12));
            }
        }
    }

    @Test
    void isNotDefinedWithoutTwoDifferentVerdicts() {
        assertThat(RaterAgreement.kappa(new double[] {1, 1}, new double[] {1, 1}, true))
                .isNaN();
        assertThat(RaterAgreement.kappa(new double[0], new double[0], false)).isNaN();
        assertThat(RaterAgreement.alpha(List.of(new double[] {1}, new double[] {Double.NaN}), true))
                .isNaN();
    }

    private static List<double[]> raters(JsonNode each) {
        List<double[]> raters = new ArrayList<>();
        for (JsonNode rater : each.path("ratings")) {
            double[] scores = new double[rater.size()];
            for (int at = 0; at < scores.length; at++) {
                scores[at] = rater.get(at).isNull()
                        ? Double.NaN
                        : rater.get(at).asDouble() / (each.path("steps").asInt() - 1);
            }
            raters.add(scores);
        }
        return raters;
    }
}
