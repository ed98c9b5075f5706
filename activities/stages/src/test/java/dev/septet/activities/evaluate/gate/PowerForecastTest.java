package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PowerForecastTest {
    @Test
    void saysWhatTheChecksCanDecide() {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec("exactMatch", 0.8, null), new MetricSpec("perplexity", null, 12.0)),
                List.of(),
                new CompareSpec(0.01),
                null,
                null,
                0,
                8,
                0,
                List.of(new SliceSpec("topic", 0.1, null, null, null)),
                List.of(),
                List.of(),
                null,
                null,
                EvaluateSpec.DEFAULT_POLICY);
        PowerForecast forecast = PowerForecast.of("gold", spec, 148);
        assertThat(forecast.checks())
                .extracting(check -> check.name() + ": " + check.words())
                .containsExactly(
                        "exactMatch above 0.8: 148 rows pass a model in 4 of 5 evaluations if its true score is at"
                                + " least 0.8834; for 0.9, 86 rows are needed",
                        "exactMatch, compare baseline: 148 rows pass a model in 4 of 5 evaluations if its true gain is"
                                + " at least 0.1587, less the tolerance of 1.0 %",
                        "exactMatch by topic, maxGap 10.0 %: each slice needs about 197 rows to pass if all slices"
                                + " score 0.8");
        assertThat(PowerForecast.of("", spec, 0).checks()).hasSize(2);
    }
}
