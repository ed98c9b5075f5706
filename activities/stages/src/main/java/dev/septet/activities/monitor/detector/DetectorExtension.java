package dev.septet.activities.monitor.detector;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;

/** A drift detector from a jar: {@code drift quantiles, on: promptLength}. */
public interface DetectorExtension extends Extension {
    /**
     * Number of values in each sample below which the detector reports nothing, because its p-value
     * would mean little.
     */
    default int fewest() {
        return 40;
    }

    /** The detector with the options of a pipeline file. */
    Detector detector(ExtensionSpec used);
}
