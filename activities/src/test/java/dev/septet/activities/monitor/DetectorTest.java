package dev.septet.activities.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;

import dev.septet.dsl.spec.DriftSpec;
import dev.septet.dsl.spec.SpecJson;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Against scipy and numpy; see make.py beside the goldens. */
class DetectorTest {
    static Stream<JsonNode> cases() throws IOException {
        try (InputStream json = DetectorTest.class.getResourceAsStream("drift.json")) {
            JsonNode cases = SpecJson.mapper().readTree(Objects.requireNonNull(json));
            return StreamSupport.stream(cases.spliterator(), false);
        }
    }

    private static final Set<DriftSpec.Detector> MEASURED =
            EnumSet.of(
                    DriftSpec.Detector.PSI, DriftSpec.Detector.KS, DriftSpec.Detector.PERPLEXITY);

    @ParameterizedTest
    @MethodSource("cases")
    void measuresAsScipyDoes(JsonNode golden) {
        for (DriftSpec.Detector name : MEASURED) {
            Detection detection =
                    Detector.named(name)
                            .detect(sample(golden, "baseline"), sample(golden, "window"));
            JsonNode expected = golden.path(name.name());
            String what = golden.path("name").textValue() + " " + name;
            assertThat(detection.score())
                    .as(what)
                    .isCloseTo(
                            expected.path("score").doubleValue(),
                            within(1e-9 * Math.max(1, expected.path("score").doubleValue())));
            assertThat(detection.chance())
                    .as(what)
                    .isCloseTo(expected.path("chance").doubleValue(), within(1e-9));
        }
    }

    @Test
    void seesNoDriftBetweenASampleAndItself() {
        Sample sample = Sample.of(IntStream.range(0, 500).asDoubleStream().toArray());
        for (DriftSpec.Detector name : MEASURED) {
            Detection detection = Detector.named(name).detect(sample, sample);
            assertThat(detection.score()).as(name.name()).isCloseTo(0, within(1e-12));
            assertThat(detection.drifted(1e-9)).as(name.name()).isFalse();
        }
    }

    @Test
    void doesNotTakeTheNoiseOfAFewRowsForDrift() {
        Sample baseline = Sample.of(IntStream.range(0, 1000).asDoubleStream().toArray());
        Sample window = Sample.of(910, 20, 305, 555, 620, 15, 980, 760, 433, 120);
        Detection detection = new StabilityIndex().detect(baseline, window);
        assertThat(detection.score()).isGreaterThan(0.2);
        assertThat(detection.drifted(0.2)).isFalse();
    }

    @Test
    void tellsEqualLossesWithoutSpreadApart() {
        Sample two = Sample.of(2, 2, 2);
        Sample three = Sample.of(3, 3, 3);
        assertThat(new PerplexityRise().detect(two, three).drifted(0.5)).isTrue();
        assertThat(new PerplexityRise().detect(three, two).drifted(0.5)).isFalse();
        assertThat(new PerplexityRise().detect(two, two).drifted(0.5)).isFalse();
    }

    @Test
    void leavesOutWhatIsNoNumber() {
        Sample sample = Sample.of(3, Double.NaN, 1);
        assertThat(sample.values()).containsExactly(1, 3);
        assertThat(sample.mean()).isEqualTo(2);
    }

    private static Sample sample(JsonNode golden, String name) {
        return Sample.of(
                StreamSupport.stream(golden.path(name).spliterator(), false)
                        .mapToDouble(JsonNode::doubleValue)
                        .toArray());
    }
}
