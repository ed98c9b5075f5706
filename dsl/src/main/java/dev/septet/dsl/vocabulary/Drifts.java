package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options that each drift detector takes. */
final class Drifts {
    private Drifts() {}

    /** Whether the pipeline file must name the feature that the detector checks. */
    static boolean takesFeature(Detector detector) {
        return Arrays.stream(Feature.values())
                        .filter(f -> detector.looksAt(f.kind()))
                        .count()
                > 1;
    }

    static DriftSpec spec(Detector detector, @Nullable Feature on, @Nullable Double above, @Nullable Percent rise) {
        String name = EnumName.of(detector);
        boolean rising =
                detector == Detector.PERPLEXITY || detector == Detector.FEEDBACK || detector == Detector.REFUSAL;
        Refusal.unless(above == null || !rising, "drift %s takes rise:, not above:", name);
        Refusal.unless(rise == null || rising, "drift %s takes above:, not rise:", name);
        Refusal.unless(rise == null || rise.value() > 0, "drift rise: must be above 0.percent");
        Refusal.unless(
                rise == null || rise.fraction() <= detector.most(),
                "drift rise: of %s must be at most %s.percent",
                name,
                LiteralText.of(detector.most() * 100));
        Refusal.unless(
                above == null || (above > 0 && above <= detector.most()),
                "drift above: of %s must be above 0 and at most %s, got %s",
                name,
                LiteralText.of(detector.most()),
                LiteralText.of(above == null ? 0 : above));
        return new DriftSpec(detector, feature(detector, on), rise == null ? above : (Double) rise.fraction());
    }

    private static Feature feature(Detector detector, @Nullable Feature on) {
        String name = EnumName.of(detector);
        String known = Arrays.stream(Feature.values())
                .filter(f -> detector.looksAt(f.kind()))
                .map(EnumName::of)
                .collect(Collectors.joining(", "));
        if (!takesFeature(detector)) {
            Refusal.unless(on == null, "on: does not belong to drift %s, which checks one value only", name);
            return Arrays.stream(Feature.values())
                    .filter(f -> detector.looksAt(f.kind()))
                    .findFirst()
                    .orElseThrow();
        }
        if (on == null) {
            throw new Refusal(
                    "drift %s needs on:".formatted(name), "Write `drift %s, on: promptLength`.".formatted(name));
        }
        Refusal.unless(
                detector.looksAt(on.kind()), "drift on: of %s is one of %s, got %s", name, known, EnumName.of(on));
        return on;
    }
}
