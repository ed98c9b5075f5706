package dev.septet.activities.evaluate.metric;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;

/** A metric from a jar: {@code metric chrf(order: 6), above: 40}. */
public interface MetricExtension extends Extension {
    /**
     * The metric with the options of a pipeline file. Its name is the word's, and it has the
     * properties that the word declares.
     */
    Metric metric(ExtensionSpec used);
}
