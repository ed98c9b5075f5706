package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options that each drift detector takes. */
final class Drifts {
    private Drifts() {}

    /** Whether the pipeline file must name the feature that the detector checks. */
    static boolean takesFeature(ExtensibleChoice<Detector> detector) {
        return features(detector).size() > 1;
    }

    private static List<Feature> features(ExtensibleChoice<Detector> detector) {
        return Arrays.stream(Feature.values())
                .filter(feature -> compares(detector, feature))
                .toList();
    }

    private static boolean compares(ExtensibleChoice<Detector> detector, Feature feature) {
        return detector.declared() != null
                ? detector.declared().compares().contains(feature.kind())
                : builtIn(detector).looksAt(feature.kind());
    }

    private static Detector builtIn(ExtensibleChoice<Detector> detector) {
        return Objects.requireNonNull(detector.builtIn());
    }

    static DriftSpec spec(
            ExtensibleChoice<Detector> detector, @Nullable Feature on, @Nullable Double above, @Nullable Percent rise) {
        String name = detector.shown();
        boolean rising = detector.builtIn() == Detector.PERPLEXITY
                || detector.builtIn() == Detector.FEEDBACK
                || detector.builtIn() == Detector.REFUSAL;
        double max = detector.declared() != null
                ? detector.declared().largest()
                : builtIn(detector).most();
        Refusal.unless(above == null || !rising, "drift %s takes rise:, not above:", name);
        Refusal.unless(rise == null || rising, "drift %s takes above:, not rise:", name);
        Refusal.unless(rise == null || rise.value() > 0, "drift rise: must be above 0.percent");
        Refusal.unless(
                rise == null || rise.fraction() <= max,
                "drift rise: of %s must be at most %s.percent",
                name,
                bound(max * 100));
        Refusal.unless(
                above == null || (above > 0 && above <= max),
                "drift above: of %s must be above 0 and at most %s, got %s",
                name,
                bound(max),
                LiteralText.of(above == null ? 0 : above));
        return new DriftSpec(
                detector.builtIn(),
                feature(detector, on),
                rise == null ? above : (Double) rise.fraction(),
                detector.extension());
    }

    /** The largest score of a jar's detector may have no limit. */
    private static String bound(double max) {
        return Double.isFinite(max) ? LiteralText.of(max) : "any number";
    }

    private static Feature feature(ExtensibleChoice<Detector> detector, @Nullable Feature on) {
        String name = detector.shown();
        List<Feature> features = features(detector);
        if (!takesFeature(detector)) {
            Refusal.unless(on == null, "on: does not belong to drift %s, which checks one value only", name);
            return features.get(0);
        }
        if (on == null) {
            throw new Refusal(
                    "drift %s needs on:".formatted(name),
                    "Write `drift %s, on: %s`.".formatted(name, EnumName.of(features.get(0))));
        }
        Refusal.unless(
                features.contains(on),
                "drift on: of %s is one of %s, got %s",
                name,
                features.stream().map(EnumName::of).collect(Collectors.joining(", ")),
                EnumName.of(on));
        return on;
    }
}
