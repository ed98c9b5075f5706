package dev.septet.activities.prepare.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compared with an EM over matrices in numpy, and with Snorkel's label model; golden.py makes both. */
class DawidSkeneTest {
    static Stream<String> scenarios() throws IOException {
        List<String> names = new ArrayList<>();
        golden().fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = DawidSkeneTest.class.getResourceAsStream("golden.json")) {
            return SpecJson.mapper().readTree(Objects.requireNonNull(in));
        }
    }

    private static Votes votes(String bits) {
        Votes votes = Votes.NONE;
        for (int j = 0; j < bits.length(); j++) {
            votes = bits.charAt(j) == '1' ? votes.with(j) : votes;
        }
        return votes;
    }

    private static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static int best(double[] values) {
        return IntStream.range(0, values.length)
                .reduce((a, b) -> values[b] > values[a] ? b : a)
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void findsTheProbabilitiesOfTheOtherImplementation(String name) throws IOException {
        JsonNode scenario = golden().path(name);
        DawidSkene model = fit(scenario);
        for (Map.Entry<String, JsonNode> row : scenario.path("dawid").properties()) {
            double[] own = model.posterior(votes(row.getKey()));
            assertThat(own).containsExactly(numbers(row.getValue()), within(1e-6));
        }
    }

    /** Of the rows with a vote; Snorkel's model is fitted by gradient descent from the same votes. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void isRightAsOftenAsSnorkel(String name) throws IOException {
        JsonNode scenario = golden().path(name);
        DawidSkene model = fit(scenario);
        double own = 0;
        double snorkel = 0;
        double all = 0;
        for (Map.Entry<String, JsonNode> row : scenario.path("rows").properties()) {
            double[] truth = numbers(row.getValue());
            own += truth[best(model.posterior(votes(row.getKey())))];
            snorkel += truth[best(numbers(scenario.path("snorkel").path(row.getKey())))];
            all += IntStream.range(0, truth.length).mapToDouble(y -> truth[y]).sum();
        }
        assertThat(own / all).isGreaterThan(snorkel / all - 0.005);
    }

    private static DawidSkene fit(JsonNode scenario) {
        SortedMap<Votes, Long> rows = new TreeMap<>();
        scenario.path("rows").properties().forEach(row -> {
            long count = 0;
            for (double each : numbers(row.getValue())) {
                count += (long) each;
            }
            rows.put(votes(row.getKey()), count);
        });
        int[] labels = StreamSupport.stream(scenario.path("labels").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        return DawidSkene.fit(labels, scenario.path("count").asInt(), rows);
    }
}
