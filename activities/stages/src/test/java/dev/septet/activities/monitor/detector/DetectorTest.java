package dev.septet.activities.monitor.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.gate.Holm;
import dev.septet.activities.monitor.sample.Counts;
import dev.septet.activities.monitor.sample.NumericSample;
import dev.septet.activities.monitor.sample.Proportion;
import dev.septet.activities.monitor.sample.TextFeatures;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against scipy and numpy; see make.py beside the goldens. */
class DetectorTest {
    static Stream<JsonNode> numbers() throws IOException {
        return cases("numbers");
    }

    static Stream<JsonNode> categories() throws IOException {
        return cases("categories");
    }

    static Stream<JsonNode> shares() throws IOException {
        return cases("shares");
    }

    static Stream<JsonNode> texts() throws IOException {
        return cases("texts");
    }

    static Stream<JsonNode> holm() throws IOException {
        return cases("holm");
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void comparesNumbersAsScipyDoes(JsonNode golden) {
        NumericSample baseline = NumericSample.of(values(golden.path("baseline")));
        NumericSample window = NumericSample.of(values(golden.path("window")));
        for (Detector name :
                List.of(Detector.PSI, Detector.KS, Detector.PERPLEXITY, Detector.CHI_SQUARE, Detector.JENSEN_SHANNON)) {
            assertGolden(golden, name, detector(name).detect(baseline, window), 1e-9, 1e-9);
        }
    }

    @ParameterizedTest
    @MethodSource("categories")
    void comparesCategoriesAsScipyDoes(JsonNode golden) {
        for (Detector name : List.of(Detector.PSI, Detector.CHI_SQUARE, Detector.JENSEN_SHANNON)) {
            assertGolden(
                    golden,
                    name,
                    detector(name).detect(counts(golden, "baseline"), counts(golden, "window")),
                    1e-9,
                    1e-9);
        }
    }

    @ParameterizedTest
    @MethodSource("shares")
    void comparesSharesAsScipyDoes(JsonNode golden) {
        Detection detection =
                detector(Detector.REFUSAL).detect(share(golden.path("baseline")), share(golden.path("window")));
        assertThat(detection.score()).isCloseTo(golden.path("score").doubleValue(), within(1e-12));
        assertThat(detection.chance()).isCloseTo(golden.path("chance").doubleValue(), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void comparesTextsAsScipyAndNumpyDo(JsonNode golden) {
        TextFeatures baseline = strings(golden.path("baseline"));
        TextFeatures window = strings(golden.path("window"));
        // The same optimum by another way: the ranks of near ties may differ.
        assertGolden(golden, Detector.CLASSIFIER, detector(Detector.CLASSIFIER).detect(baseline, window), 2e-3, 2e-2);
        // Other deals of 999 and 4999: three standard errors.
        assertGolden(golden, Detector.EMBEDDING, detector(Detector.EMBEDDING).detect(baseline, window), 1e-9, 5e-2);
    }

    @ParameterizedTest
    @MethodSource("holm")
    void correctsChancesAsHolmDoes(JsonNode golden) {
        double[] corrected = Holm.corrected(values(golden.path("chances")));
        double[] expected = values(golden.path("corrected"));
        for (int at = 0; at < expected.length; at++) {
            assertThat(corrected[at]).isCloseTo(expected[at], within(1e-12));
        }
    }

    @Test
    void leavesSilentDetectorsOutOfTheCorrection() {
        assertThat(Holm.corrected(0.02, Double.NaN, 0.5)).containsExactly(0.04, Double.NaN, 0.5);
        assertThat(Holm.corrected()).isEmpty();
    }

    @Test
    void seesNoDriftBetweenASampleAndItself() {
        NumericSample sample =
                NumericSample.of(IntStream.range(0, 500).asDoubleStream().toArray());
        for (Detector name :
                List.of(Detector.PSI, Detector.KS, Detector.PERPLEXITY, Detector.CHI_SQUARE, Detector.JENSEN_SHANNON)) {
            Detection detection = detector(name).detect(sample, sample);
            assertThat(detection.score()).as(name.name()).isCloseTo(0, within(1e-12));
            assertThat(detection.chance()).as(name.name()).isGreaterThan(0.4);
        }
    }

    @Test
    void seesTheSameChanceInTheSameTexts() {
        TextFeatures one = new TextFeatures(
                IntStream.range(0, 60).mapToObj(n -> "order " + n).toList());
        TextFeatures other = new TextFeatures(
                IntStream.range(20, 80).mapToObj(n -> "order " + n).toList());
        for (Detector name : List.of(Detector.CLASSIFIER, Detector.EMBEDDING)) {
            assertThat(detector(name).detect(one, other))
                    .isEqualTo(detector(name).detect(one, other));
        }
    }

    @Test
    void tellsEqualLossesWithoutSpreadApart() {
        NumericSample two = NumericSample.of(2, 2, 2);
        NumericSample three = NumericSample.of(3, 3, 3);
        assertThat(new PerplexityRise().detect(two, three).chance()).isZero();
        assertThat(new PerplexityRise().detect(three, two).chance()).isEqualTo(1);
        assertThat(new PerplexityRise().detect(two, two).chance()).isEqualTo(1);
    }

    @Test
    void leavesOutWhatIsNoNumber() {
        NumericSample sample = NumericSample.of(3, Double.NaN, 1);
        assertThat(sample.values()).containsExactly(1, 3);
        assertThat(sample.mean()).isEqualTo(2);
    }

    private static void assertGolden(JsonNode golden, Detector name, Detection detection, double score, double chance) {
        JsonNode expected = golden.path(name.name());
        String what = golden.path("name").textValue() + " " + name;
        double value = expected.path("score").doubleValue();
        assertThat(detection.score()).as(what).isCloseTo(value, within(score * Math.max(1, Math.abs(value))));
        assertThat(detection.chance())
                .as(what)
                .isCloseTo(expected.path("chance").doubleValue(), within(chance));
    }

    private static dev.septet.activities.monitor.detector.Detector detector(Detector name) {
        return dev.septet.activities.monitor.detector.Detector.named(name);
    }

    private static Stream<JsonNode> cases(String name) throws IOException {
        try (InputStream json = DetectorTest.class.getResourceAsStream("drift.json")) {
            JsonNode all = SpecJson.mapper().readTree(Objects.requireNonNull(json));
            return StreamSupport.stream(all.path(name).spliterator(), false);
        }
    }

    private static double[] values(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .toArray();
    }

    private static TextFeatures strings(JsonNode array) {
        return new TextFeatures(StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList());
    }

    private static Counts counts(JsonNode golden, String name) {
        return new Counts(
                SpecJson.mapper().convertValue(golden.path(name), new TypeReference<TreeMap<String, Long>>() {}));
    }

    private static Proportion share(JsonNode pair) {
        return new Proportion(pair.path(0).longValue(), pair.path(1).longValue());
    }
}
