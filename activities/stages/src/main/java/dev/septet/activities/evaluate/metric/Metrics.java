package dev.septet.activities.evaluate.metric;

import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The metrics that are installed in this process. */
public final class Metrics {
    private static final Map<String, Metric> KNOWN = load();

    private Metrics() {}

    /**
     * The metric with this name in a pipeline file.
     *
     * @throws IllegalArgumentException naming the known metrics
     */
    public static Metric named(String name) {
        Metric metric = KNOWN.get(name);
        if (metric == null) {
            throw new IllegalArgumentException("no metric is called '%s'; this worker knows %s"
                    .formatted(name, String.join(", ", KNOWN.keySet())));
        }
        return metric;
    }

    /**
     * The metric that a spec names.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem when it is a jar's, and the jar is not here
     */
    public static Metric of(MetricSpec spec) {
        MetricSpec.ExtensionMetric own = spec.extension();
        if (own == null) {
            MetricArguments arguments = spec.arguments();
            return arguments == null ? named(spec.name()) : named(spec.name()).with(arguments);
        }
        return new JarMetric(
                own,
                JarMetric.run(
                        own,
                        () -> Extensions.of(own.used(), ExtensionWord.Kind.METRIC, MetricExtension.class)
                                .metric(own.used())));
    }

    /** A jar's metric, by what the pipeline file was checked with. */
    private record JarMetric(MetricSpec.ExtensionMetric declared, Metric metric) implements Metric {
        @Override
        public String name() {
            return declared.used().word();
        }

        @Override
        public boolean lowerIsBetter() {
            return declared.lowerIsBetter();
        }

        @Override
        public boolean readsAnswer() {
            return declared.readsAnswer();
        }

        @Override
        public boolean readsPairs() {
            return run(declared, metric::readsPairs);
        }

        @Override
        public boolean readsTextOnly() {
            return false;
        }

        @Override
        public double[] tally(Outcome outcome) {
            return run(declared, () -> metric.tally(outcome));
        }

        @Override
        public double score(double[] sums) {
            return run(declared, () -> metric.score(sums));
        }

        static <R> R run(MetricSpec.ExtensionMetric declared, Extensions.Code<R, RuntimeException> code) {
            return Extensions.run(ExtensionWord.Kind.METRIC, declared.used(), ExtensionProblem.class, code);
        }
    }

    private static Map<String, Metric> load() {
        Map<String, Metric> known = new TreeMap<>();
        for (Metric metric : ServiceLoader.load(Metric.class, Metric.class.getClassLoader())) {
            Metric other = known.put(metric.name(), metric);
            if (other != null) {
                throw new IllegalStateException("two metrics are called '%s': %s and %s"
                        .formatted(
                                metric.name(),
                                other.getClass().getName(),
                                metric.getClass().getName()));
            }
        }
        return known;
    }
}
