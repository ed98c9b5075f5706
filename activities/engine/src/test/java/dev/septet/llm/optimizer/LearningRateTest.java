package dev.septet.llm.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rates of every step against transformers' schedules; see rates.py. */
class LearningRateTest {
    @ParameterizedTest
    @EnumSource(LearningRate.Shape.class)
    void equalsTransformers(LearningRate.Shape shape) throws IOException {
        JsonNode golden = new ObjectMapper().readTree(LearningRateTest.class.getResourceAsStream("rates.json"));
        for (JsonNode schedule : golden.get(shape.name().toLowerCase(Locale.ROOT))) {
            LearningRate rate =
                    new LearningRate(shape, 2e-4, schedule.get("warmup").asInt());
            JsonNode rates = schedule.get("rates");
            for (int step = 0; step < rates.size(); step++) {
                assertThat(rate.at(step, rates.size()))
                        .as("step %d", step)
                        .isCloseTo(rates.get(step).asDouble(), within(1e-15));
            }
        }
    }
}
