package dev.septet.workers.measure;

import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import com.uber.m3.util.Duration;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.LabelLimits;
import dev.septet.workers.observe.ProcessMetric;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * Reports to the metrics scope of the program that embeds Septet's workers: the scope of its Temporal client. Septet then
 * opens no port and has no registry of its own. Names have no suffix of a kind or unit, like those of Temporal's SDK.
 */
public final class ScopeInstruments implements Instruments {
    private static final double NANOS = 1e9;

    private final LabelLimits limits = new LabelLimits();
    private final Map<String, Double> fractions = new ConcurrentHashMap<>();
    private volatile Scope scope = new NoopScope();

    /** Sets the scope, which is known when the host's workers start. Until then nothing is reported. */
    public void reportTo(Scope host) {
        scope = host;
    }

    @Override
    public void add(ProcessMetric metric, double amount, String... labels) {
        if (amount > 0 && Double.isFinite(amount)) {
            String[] limited = limits.limited(metric, labels);
            long[] whole = new long[1];
            // The scope's counters count whole numbers, so the rest is kept for the next time.
            fractions.compute(metric.name() + '\n' + String.join("\n", limited), (key, rest) -> {
                double sum = (rest == null ? 0 : rest) + amount;
                whole[0] = (long) sum;
                return sum - whole[0];
            });
            tagged(metric, limited).counter(metric.plain()).inc(whole[0]);
        }
    }

    @Override
    public void set(ProcessMetric metric, double value, String... labels) {
        Optional<String[]> values = limits.exact(metric, labels);
        if (values.isPresent()) {
            tagged(metric, values.get()).gauge(metric.plain()).update(value);
        } else {
            add(ProcessMetric.GAUGES_LEFT_OUT, 1, metric.series());
        }
    }

    /** A scope cannot forget a gauge, so its labels' values are not free for others. */
    @Override
    public void remove(ProcessMetric metric, String... labels) {}

    @Override
    public void observe(ProcessMetric metric, double seconds, String... labels) {
        tagged(metric, limits.limited(metric, labels)).timer(metric.plain()).record(Duration.ofNanos((long)
                (seconds * NANOS)));
    }

    /** The host measures its own process. */
    @Override
    public void read(ProcessMetric metric, DoubleSupplier value) {}

    private Scope tagged(ProcessMetric metric, String... values) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            tags.put(metric.labels().get(i), values[i]);
        }
        return tags.isEmpty() ? scope : scope.tagged(tags);
    }
}
