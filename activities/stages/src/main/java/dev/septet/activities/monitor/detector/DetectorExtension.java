package dev.septet.activities.monitor.detector;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;

/** A drift detector from a jar: {@code drift quantiles, on: promptLength}. */
public interface DetectorExtension extends Extension {
    /** Values of each sample below which the detector says nothing: its chance would mean little. */
    default int fewest() {
        return 40;
    }

    /** The detector with the options of a pipeline file. */
    Detector detector(ExtensionSpec used);
}
