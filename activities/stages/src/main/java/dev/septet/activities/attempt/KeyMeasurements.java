package dev.septet.activities.attempt;

import dev.septet.workflows.graph.KeyMeasurement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a worker measured for the keys of stages. */
public record KeyMeasurements(Map<KeyMeasurement, String> values) {
    public static final KeyMeasurements NONE = new KeyMeasurements(Map.of());

    public KeyMeasurements {
        values = Map.copyOf(values);
    }

    /** These measurements with the given value for one of them; null removes the measurement. */
    public KeyMeasurements with(KeyMeasurement what, @Nullable String value) {
        Map<KeyMeasurement, String> all = new HashMap<>(values);
        all.compute(what, (same, before) -> value);
        return new KeyMeasurements(all);
    }

    public @Nullable String get(KeyMeasurement what) {
        return values.get(what);
    }
}
