package dev.septet.workers.observe;

import java.util.function.DoubleSupplier;

/**
 * Where measurements go: to the registry of this process, to the metrics scope of a host program, or nowhere. The values of
 * labels are in the order of {@link ProcessMetric#labels}. Thread-safe; never throws.
 */
public interface Instruments {
    /** Forgets all measurements. */
    Instruments NONE = new Instruments() {
        @Override
        public void add(ProcessMetric metric, double amount, String... labels) {}

        @Override
        public void set(ProcessMetric metric, double value, String... labels) {}

        @Override
        public void remove(ProcessMetric metric, String... labels) {}

        @Override
        public void observe(ProcessMetric metric, double seconds, String... labels) {}

        @Override
        public void read(ProcessMetric metric, DoubleSupplier value) {}
    };

    /** Adds to a counter. */
    void add(ProcessMetric metric, double amount, String... labels);

    /** Sets a gauge with labels. */
    void set(ProcessMetric metric, double value, String... labels);

    /** Removes a gauge, because what it measured has ended. */
    void remove(ProcessMetric metric, String... labels);

    /** Adds a duration to a histogram. */
    void observe(ProcessMetric metric, double seconds, String... labels);

    /** A gauge without labels that is read whenever somebody looks. */
    void read(ProcessMetric metric, DoubleSupplier value);
}
