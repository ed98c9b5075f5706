package dev.septet.activities.monitor;

import dev.septet.activities.monitor.detector.Detection;
import dev.septet.activities.monitor.detector.Detector;
import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.workflows.monitor.DriftFinding;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One detector's comparison, before the correction for the number of detectors.
 *
 * @param detection null when one of the samples is too small
 */
record BaselineComparison(
        DriftSpec drift,
        FeatureSample trained,
        FeatureSample observed,
        @Nullable Detection detection) {
    static BaselineComparison of(DriftSpec drift, FeatureSample trained, FeatureSample observed) {
        int min = Detector.fewest(drift);
        boolean enough = trained.size() >= min && observed.size() >= min;
        return new BaselineComparison(
                drift, trained, observed, enough ? Detector.of(drift).detect(trained, observed) : null);
    }

    /** The p-value; NaN when there is no detection. */
    double pValue() {
        return detection == null ? Double.NaN : detection.chance();
    }

    /**
     * @param corrected the p-value, corrected for the number of detectors
     * @param level largest accepted probability of a false alarm
     */
    DriftFinding finding(double corrected, double level) {
        if (detection == null) {
            return new DriftFinding(drift, null, null, null, observed.size(), false, silence());
        }
        Double above = drift.above();
        boolean drifted = corrected < level && (above == null || detection.score() > above);
        return new DriftFinding(
                drift,
                detection.score(),
                detection.chance(),
                corrected,
                observed.size(),
                drifted,
                sentence(detection, corrected, level, drifted));
    }

    private String silence() {
        int min = Detector.fewest(drift);
        boolean baseline = trained.size() < min;
        return String.format(
                Locale.ROOT,
                "%s says nothing%s: too few: %d of %d needed in the %s",
                DriftFinding.title(drift),
                baseline ? "" : " yet",
                baseline ? trained.size() : observed.size(),
                min,
                baseline ? "baseline" : "window");
    }

    private String sentence(Detection seen, double corrected, double level, boolean drifted) {
        Double above = drift.above();
        String bound = above == null
                ? ""
                : String.format(Locale.ROOT, ", %s its bound %s", seen.score() > above ? "above" : "within", above);
        String verdict = drifted ? "drift" : corrected < level ? "a difference within its bound" : "no drift";
        return String.format(
                Locale.ROOT,
                "%s is %.4f%s; by chance alone at p = %.2g (%d values against %d): %s",
                DriftFinding.title(drift),
                seen.score(),
                bound,
                corrected,
                observed.size(),
                trained.size(),
                verdict);
    }
}
