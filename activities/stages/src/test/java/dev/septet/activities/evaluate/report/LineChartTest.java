package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class LineChartTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0      | 3.4    | 0 1 2 3 4
        0      | 0.93   | 0 0.5 1
        0      | 0.002  | 0 5e-4 1e-3 1.5e-3 2e-3
        2.1    | 2.24   | 2.1 2.15 2.2 2.25
        -3     | 5      | -4 -2 0 2 4 6
        0      | 3e6    | 0 1e6 2e6 3e6
        7      | 7      | 2 4 6 8 10 12
        0      | 0      | -5e-13 0 5e-13
        """)
    void putsTicksAtRoundNumbers(double min, double max, String ticks) {
        Axis axis = Axis.over(min, max, 4);
        assertThat(axis.ticks().stream().map(axis::label).collect(Collectors.joining(" ")))
                .isEqualTo(ticks);
        assertThat(axis.place(min)).isBetween(0.0, 1.0);
        assertThat(axis.place(max)).isBetween(0.0, 1.0);
    }

    @Test
    void pointsOutStepsByWordsInThePictureAndInItsDescription() {
        String svg = new LineChart(
                        "loss",
                        "Loss",
                        "nats",
                        List.of(new LineChart.Series("training", new TreeMap<>(Map.of(0, 3.0, 10, 1.0, 20, 2.0)))),
                        List.of(new LineChart.Marker(4, "loss spike"), new LineChart.Marker(20, "overfitting")))
                .svg();
        assertThat(svg)
                .contains("Warning: loss spike at step 4. Warning: overfitting at step 20.</desc>")
                .contains("class=\"marker\"")
                .contains(">loss spike</text>")
                .contains("text-anchor=\"end\">overfitting</text>");
    }

    @Test
    void drawsPointsWhereTheAxesSay() throws Exception {
        Element polyline = only(chart(Map.of(0, 0.0, 5, 4.0, 10, 2.0)), "polyline");
        assertThat(polyline.getAttribute("points")).isEqualTo("52,200 229,14 406,107");
    }

    @Test
    void saysInWordsWhatItShows() throws Exception {
        String svg = chart(Map.of(1, 2.5, 20, 0.5));
        assertThat(only(svg, "desc").getTextContent()).isEqualTo("a<b: 2.5 at step 1, 0.5 at step 20 (nats).");
        Element root = document(svg).getDocumentElement();
        assertThat(root.getAttribute("role")).isEqualTo("img");
        assertThat(root.getAttribute("aria-labelledby")).isEqualTo("x-title x-desc");
    }

    @Test
    void keepsEverySpikeOfALongCurve() {
        SortedMap<Integer, Double> curve = new TreeMap<>();
        for (int step = 0; step < 50_000; step++) {
            curve.put(step, step == 31_337 ? 99.0 : step == 777 ? -99.0 : Math.sin(step));
        }
        List<Map.Entry<Integer, Double>> points = Thinning.of(curve);
        assertThat(points).hasSizeLessThanOrEqualTo(480);
        assertThat(points).contains(Map.entry(31_337, 99.0), Map.entry(777, -99.0));
        assertThat(points).isSortedAccordingTo(Map.Entry.comparingByKey());
    }

    @Test
    void passesOverWhatIsNoNumber() {
        LineChart chart = new LineChart(
                "x",
                "X",
                "",
                List.of(
                        new LineChart.Series("a", new TreeMap<>(Map.of(1, Double.NaN, 2, 1.0))),
                        new LineChart.Series("b", new TreeMap<>(Map.of(1, Double.NaN))),
                        new LineChart.Series("c", new TreeMap<>())));
        assertThat(chart.series()).hasSize(1);
        assertThat(chart.svg()).doesNotContain("NaN").contains("a: 1 at step 2");
    }

    @Test
    void showsASingleStep() {
        assertThat(Axis.overWhole(3, 3, 5).place(3)).isCloseTo(0, within(1e-12));
        assertThat(chart(Map.of(3, 1.5))).contains("<circle").doesNotContain("Infinity");
    }

    private static String chart(Map<Integer, Double> curve) {
        return new LineChart("x", "X & Y", "nats", List.of(new LineChart.Series("a<b", new TreeMap<>(curve)))).svg();
    }

    private static Element only(String svg, String tag) throws Exception {
        return (Element) document(svg).getElementsByTagName(tag).item(0);
    }

    private static Document document(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
