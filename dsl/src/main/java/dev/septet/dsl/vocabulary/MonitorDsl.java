package dev.septet.dsl.vocabulary;

import dev.septet.dsl.spec.DriftSpec;
import dev.septet.dsl.spec.DriftSpec.Detector;
import dev.septet.dsl.spec.DriftSpec.Feature;
import dev.septet.dsl.spec.MonitorSpec;
import dev.septet.dsl.spec.OnDriftSpec;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Monitoring: how the deployed model's prompts are watched, and what drift starts. */
public final class MonitorDsl extends StageDsl {
    private Duration every = Duration.ofHours(1);
    private String log = "";
    private int minimum = MonitorSpec.DEFAULT_MINIMUM;
    private final List<DriftSpec> drifts = new ArrayList<>();
    private @Nullable OnDriftSpec onDrift;

    MonitorDsl() {
        super(MonitorSpec.DEFAULT_POLICY);
    }

    /** Time between two looks. At least 1.seconds. */
    @Required
    @Example("every 6.hours")
    public void every(@Example("6.hours") Duration interval) {
        Refusal.unless(interval.toMillis() >= 1000, "every must be at least 1.seconds");
        every = interval;
    }

    /** The audit log that serving writes: one JSON object a line. */
    @Required
    @Example("log 'audit.jsonl'")
    public void log(@PathTo(PathTo.Place.OUTPUT) @Example("'audit.jsonl'") String path) {
        log = path;
    }

    /** Fewest new rows before a look says anything. At least 10. */
    @Example("minimum 200")
    public void minimum(@Example("200") int rows) {
        Refusal.unless(rows >= 10, "minimum must be at least 10, got %s", rows);
        minimum = rows;
    }

    /**
     * A detector and what it calls drift: {@code psi} and {@code ks} look at a feature and bound
     * its score with {@code above:}; {@code perplexity} bounds its own rise with {@code rise:}.
     */
    @Required
    @Many
    @Example("drift psi, on: promptLength, above: 0.2")
    public void drift(
            Detector detector,
            @Named @Nullable Feature on,
            @Named @Example("0.2") @Nullable Double above,
            @Named @Example("15.percent") @Nullable Percent rise) {
        DriftSpec drift =
                detector == Detector.PERPLEXITY
                        ? perplexity(on, above, rise)
                        : distribution(detector, on, above, rise);
        Refusal.unless(
                drifts.stream()
                        .noneMatch(d -> d.detector() == detector && d.feature() == drift.feature()),
                detector == Detector.PERPLEXITY
                        ? "drift %s is already said"
                        : "drift %s on: %s is already said",
                Noun.of(detector),
                Noun.of(drift.feature()));
        drifts.add(drift);
    }

    private static DriftSpec perplexity(
            @Nullable Feature on, @Nullable Double above, @Nullable Percent rise) {
        if (rise == null) {
            throw new Refusal(
                    "drift perplexity needs rise:", "Write `drift perplexity, rise: 15.percent`.");
        }
        Refusal.unless(on == null, "on: belongs to drift psi and drift ks only");
        Refusal.unless(above == null, "above: belongs to drift psi and drift ks only");
        Refusal.unless(rise.value() > 0, "drift rise: must be above 0.percent");
        return new DriftSpec(Detector.PERPLEXITY, Feature.PROMPT_LOSS, rise.fraction());
    }

    private static DriftSpec distribution(
            Detector detector,
            @Nullable Feature on,
            @Nullable Double above,
            @Nullable Percent rise) {
        String name = Noun.of(detector);
        Refusal.unless(rise == null, "rise: belongs to drift perplexity only");
        if (on == null || above == null) {
            throw new Refusal(
                    "drift %s needs %s".formatted(name, on == null ? "on:" : "above:"),
                    "Write `drift %s, on: promptLength, above: 0.2`.".formatted(name));
        }
        double most = detector == Detector.KS ? 1 : 10;
        Refusal.unless(
                above > 0 && above <= most,
                "drift above: of %s must be above 0 and at most %s, got %s",
                name,
                Shown.of(most),
                Shown.of(above));
        return new DriftSpec(detector, on, above);
    }

    /** What drift starts, and the shortest time between two such starts. */
    @Example("onDrift retrain, cooldown: 3.days")
    public void onDrift(Reaction reaction, @Named @Example("3.days") @Nullable Duration cooldown) {
        onDrift = new OnDriftSpec(cooldown == null ? OnDriftSpec.DEFAULT_COOLDOWN : cooldown);
    }

    MonitorSpec spec() {
        return new MonitorSpec(every, log, minimum, drifts, onDrift, policy());
    }
}
