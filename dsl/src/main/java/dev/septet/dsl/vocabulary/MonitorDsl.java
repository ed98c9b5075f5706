package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.monitor.OnDriftSpec;
import dev.septet.dsl.pipeline.monitor.OnFeedbackSpec;
import dev.septet.dsl.pipeline.train.BudgetSpec;
import dev.septet.dsl.vocabulary.value.Reaction;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Frequency;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.Required;
import dev.septet.dsl.vocabulary.word.RowCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Monitoring: the drift checks of the requests to the deployed model, and what drift starts. */
public final class MonitorDsl extends StageDsl {
    private Duration every = Duration.ofHours(1);
    private @Nullable String log;
    private int minimum = MonitorSpec.DEFAULT_MINIMUM;
    private final List<DriftSpec> drifts = new ArrayList<>();
    private AlarmSpec alarm = AlarmSpec.DEFAULT;
    private @Nullable OnDriftSpec onDrift;
    private @Nullable OnFeedbackSpec onFeedback;

    MonitorDsl() {
        super(MonitorSpec.DEFAULT_POLICY);
    }

    /** Time between two drift checks. At least one second. */
    @Required
    @Example("every 6.hours")
    public void every(@Example("6.hours") Duration interval) {
        Refusal.unless(interval.toMillis() >= 1000, "every must be at least 1.seconds");
        every = interval;
    }

    /**
     * The audit log of prompts and answers, one JSON object per line. By default, it is the log that the {@code http}
     * target writes.
     */
    @Example("log 'audit.jsonl'")
    public void log(@PathTo(PathTo.Place.LOG) @Example("'audit.jsonl'") String path) {
        log = path;
    }

    /** The smallest number of new requests that a drift check needs. At least 10. */
    @Example("minimum 200")
    public void minimum(@Example("200") int rows) {
        Refusal.unless(rows >= 10, "minimum must be at least 10, got %s", rows);
        minimum = rows;
    }

    /**
     * A drift detector and, optionally, its bound. {@code psi}, {@code ks}, {@code chiSquare} and {@code jensenShannon}
     * check a feature ({@code on:}). {@code classifier} and {@code embedding} check the texts of the prompts. These six
     * bound their score with {@code above:}. {@code perplexity}, {@code feedback} and {@code refusal} bound an increase
     * with {@code rise:}. Without a bound, only the p-value decides: see {@code falseAlarms}.
     */
    @Repeatable
    @Example("drift psi, on: promptLength, above: 0.2")
    public void drift(
            ExtensibleChoice<Detector> detector,
            @Option @Nullable Feature on,
            @Option @Example("0.2") @Nullable Double above,
            @Option @Example("15.percent") @Nullable Percent rise) {
        DriftSpec drift = Drifts.spec(detector, on, above, rise);
        Refusal.unless(
                drifts.stream().noneMatch(d -> d.name().equals(drift.name()) && d.feature() == drift.feature()),
                Drifts.takesFeature(detector) ? "drift %s on: %s is already set" : "drift %s is already set",
                detector.shown(),
                EnumName.of(drift.feature()));
        drifts.add(drift);
    }

    /** The number of consecutive checks that must find drift before it is confirmed. From 1 to 100. */
    @Example("confirm 3")
    public void confirm(@Example("3") int looks) {
        alarm = new AlarmSpec(looks, alarm.falseAlarms());
    }

    /** The accepted false-positive rate of one drift check (significance level). */
    @Example("falseAlarms 1.percent")
    public void falseAlarms(@Example("1.percent") Percent chance) {
        alarm = new AlarmSpec(alarm.confirm(), chance.fraction());
    }

    /**
     * What drift starts. {@code cooldown:} is the shortest time between two starts, one day by default. {@code budget:}
     * is the largest number of starts in a period, without a limit by default. {@code replay:} requests a share of the
     * earlier rows. It has no effect: training starts from the base model, so all earlier rows are learned again.
     */
    @Example("onDrift retrain, cooldown: 3.days, budget: 2.perWeek")
    public void onDrift(
            Reaction reaction,
            @Option @Example("3.days") @Nullable Duration cooldown,
            @Option @Example("2.perWeek") @Nullable Frequency budget,
            @Option @Example("10.percent") @Nullable Percent replay) {
        onDrift = new OnDriftSpec(
                cooldown == null ? OnDriftSpec.DEFAULT_COOLDOWN : cooldown,
                budget(budget),
                replay == null ? null : replay.fraction());
    }

    /**
     * What reviewed feedback starts when there are {@code after:} new reviewed rows. The other options are those of
     * {@code onDrift}.
     */
    @Example("onFeedback retrain, after: 200.rows, cooldown: 1.days")
    public void onFeedback(
            Reaction reaction,
            @Option @Example("200.rows") RowCount after,
            @Option @Example("3.days") @Nullable Duration cooldown,
            @Option @Example("2.perWeek") @Nullable Frequency budget,
            @Option @Example("10.percent") @Nullable Percent replay) {
        onFeedback = new OnFeedbackSpec(
                after.count(),
                cooldown == null ? OnDriftSpec.DEFAULT_COOLDOWN : cooldown,
                budget(budget),
                replay == null ? null : replay.fraction());
    }

    private static @Nullable BudgetSpec budget(@Nullable Frequency most) {
        return most == null ? null : new BudgetSpec(most.count(), most.per());
    }

    MonitorSpec spec() {
        if (drifts.isEmpty() && onFeedback == null) {
            throw new Refusal(
                    "monitor checks nothing: it needs drift or onFeedback", "Such as `drift psi, on: promptLength`.");
        }
        return new MonitorSpec(every, log, minimum, drifts, alarm, onDrift, onFeedback, policy());
    }

    /** The options that each drift detector takes. */
    private static final class Drifts {
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
                ExtensibleChoice<Detector> detector,
                @Nullable Feature on,
                @Nullable Double above,
                @Nullable Percent rise) {
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
}
