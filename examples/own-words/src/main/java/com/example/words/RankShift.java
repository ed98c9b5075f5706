package com.example.words;

import dev.septet.activities.monitor.detector.Detection;
import dev.septet.activities.monitor.detector.Detector;
import dev.septet.activities.monitor.detector.DetectorExtension;
import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.NumericSample;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * The Mann-Whitney test. The score is the rank-biserial correlation: 0 where new values are as large
 * as those of training, 1 where all are larger, or all are smaller.
 *
 * @see <a href="https://doi.org/10.1214/aoms/1177730491">Mann and Whitney, 1947</a>
 */
public final class RankShift implements DetectorExtension {
    @Override
    public ExtensionWord word() {
        return ExtensionWord.detector(
                "rankShift",
                "Whether values became larger or smaller as a whole: rank-biserial correlation, from 0 to 1.",
                Set.of(DriftSpec.Kind.NUMBER),
                1);
    }

    @Override
    public int fewest() {
        return 20;
    }

    @Override
    public Detector detector(ExtensionSpec used) {
        return RankShift::detect;
    }

    private static Detection detect(FeatureSample baseline, FeatureSample window) {
        double[] before = NumericSample.in(baseline).values();
        double[] now = NumericSample.in(window).values();
        Map<Double, int[]> counts = new TreeMap<>();
        for (double value : before) {
            counts.computeIfAbsent(value, any -> new int[2])[0]++;
        }
        for (double value : now) {
            counts.computeIfAbsent(value, any -> new int[2])[1]++;
        }
        double larger = 0; // pairs in which the new value is larger; a tie is half a pair
        double below = 0;
        double ties = 0;
        for (int[] count : counts.values()) {
            larger += count[1] * (below + count[0] / 2.0);
            below += count[0];
            double both = (double) count[0] + count[1];
            ties += both * both * both - both;
        }
        double pairs = (double) before.length * now.length;
        double all = (double) before.length + now.length;
        double variance = pairs / 12 * (all + 1 - ties / (all * (all - 1)));
        if (variance <= 0) {
            return Detection.NOTHING;
        }
        double z = Math.abs(larger - pairs / 2) / Math.sqrt(variance);
        double chance = 2 * NormalDistribution.of(0, 1).survivalProbability(z);
        return new Detection(Math.abs(2 * larger / pairs - 1), Math.min(1, chance));
    }
}
