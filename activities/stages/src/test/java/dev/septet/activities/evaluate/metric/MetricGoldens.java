package dev.septet.activities.evaluate.metric;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Reads goldens, and scores outcomes. */
public final class MetricGoldens {
    private MetricGoldens() {}

    /** The goldens beside a test. */
    public static JsonNode of(Class<?> test, String file) {
        try (InputStream json = test.getResourceAsStream(file)) {
            return SpecJson.mapper().readTree(Objects.requireNonNull(json, file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The score of these outcomes. */
    public static double score(Metric metric, List<Outcome> outcomes) {
        Metric fitted = metric.fit(outcomes);
        return fitted.score(outcomes.stream()
                .map(fitted::tally)
                .reduce((one, other) -> IntStream.range(0, one.length)
                        .mapToDouble(at -> one[at] + other[at])
                        .toArray())
                .orElseThrow());
    }

    /** The score of one answer. */
    public static double score(Metric metric, String reference, String answer) {
        return score(metric, List.of(new Outcome(reference, answer, 0, 0)));
    }
}
