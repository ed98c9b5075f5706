package dev.septet.dsl.spec;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Pipelines with every field drawn at random, texts that YAML finds hard among them. */
final class RandomSpecs {
    private static final List<String> TEXTS =
            List.of(
                    "a",
                    "null",
                    "~",
                    "yes",
                    "1",
                    "1e3",
                    "0x1F",
                    "- x",
                    "a: b",
                    "#x",
                    "'",
                    "\"",
                    "a\nb",
                    " a ",
                    "\ta",
                    "{a}",
                    "[a]",
                    "&a",
                    "*a",
                    "!a",
                    "%a",
                    "@a",
                    "`a`",
                    "|",
                    ">",
                    "é",
                    "😀",
                    "2001-01-01",
                    "1:30",
                    "a\\b",
                    "\u2028y",
                    "y\n\u2029\u0085z",
                    "...",
                    "---",
                    "\u0085x",
                    "C:\\x");

    private final Random random;

    RandomSpecs(long seed) {
        random = new Random(seed);
    }

    PipelineSpec pipeline() {
        return new PipelineSpec(
                "p" + random.nextInt(1_000),
                random.nextBoolean() ? "" : text(),
                prepare(),
                initialize(),
                new SetupSpec(
                        resources(),
                        pick(Precision.values()),
                        random.nextLong(),
                        maybe(this::search),
                        policy()),
                train(),
                evaluate(),
                maybe(this::deploy),
                maybe(this::monitor));
    }

    private PrepareSpec prepare() {
        double train = 1 + random.nextInt(98);
        return new PrepareSpec(
                text(),
                pick(DatasetFormat.values()),
                random.nextInt(100),
                random.nextBoolean(),
                maybe(
                        () ->
                                new RedactSpec(
                                        new TreeSet<>(
                                                several(() -> pick(RedactSpec.Kind.values()))),
                                        pick(RedactSpec.Replacement.values()))),
                new SplitSpec(train, 1, 99 - train),
                8 + random.nextInt(10_000),
                policy());
    }

    private InitializeSpec initialize() {
        return new InitializeSpec(
                text(),
                maybe(() -> "0123456789abcdef".repeat(4)),
                maybe(
                        () ->
                                new RequireSpec(
                                        several(this::text),
                                        maybe(() -> 1L + (random.nextLong() >>> 2)))),
                maybe(() -> new FreezeSpec(random.nextInt(5), 5 + random.nextInt(5))),
                policy());
    }

    private ResourcesSpec resources() {
        return new ResourcesSpec(
                random.nextInt(9),
                maybe(() -> 1L + random.nextInt(1 << 30) * 64L),
                maybe(this::text));
    }

    private SearchSpec search() {
        return new SearchSpec(
                several(this::share),
                several(() -> 1 + random.nextInt(64)),
                random.nextInt(9),
                1 + random.nextInt(99));
    }

    private TrainSpec train() {
        return new TrainSpec(
                method(),
                1 + random.nextInt(9),
                maybe(() -> 1 + random.nextInt(999)),
                new BatchSpec(1 + random.nextInt(64), 1 + random.nextInt(64)),
                random.nextBoolean()
                        ? new AdamwSpec(share(), share(), share(), share())
                        : new SgdSpec(share(), share()),
                new LearningRateSpec(
                        pick(LearningRateSpec.Shape.values()), share(), random.nextInt(999)),
                share() * 10,
                new CheckpointSpec(1 + random.nextInt(999), 1 + random.nextInt(9)),
                1 + random.nextInt(999),
                maybe(() -> new StopSpec(1 + random.nextInt(9))),
                pick(TrainSpec.OnNonFinite.values()),
                policy());
    }

    private MethodSpec method() {
        return switch (random.nextInt(3)) {
            case 0 -> new FullSpec();
            case 1 -> new PartialSpec(1 + random.nextInt(9));
            default ->
                    new LoraSpec(
                            1 + random.nextInt(64),
                            share() * 99,
                            share(),
                            several(() -> pick(LoraSpec.ALL_LINEAR)));
        };
    }

    private EvaluateSpec evaluate() {
        return new EvaluateSpec(
                several(
                        () ->
                                new MetricSpec(
                                        pick(MetricSpec.KNOWN),
                                        maybe(this::share),
                                        maybe(this::share))),
                maybe(() -> new CompareSpec(share())),
                maybe(() -> new ForgettingSpec(text(), share())),
                random.nextInt(999),
                1 + random.nextInt(999),
                random.nextInt(99),
                policy());
    }

    private DeploySpec deploy() {
        return new DeploySpec(
                maybe(() -> DeploySpec.Quantization.INT8),
                several(
                        () ->
                                random.nextBoolean()
                                        ? new DirectorySpec(text())
                                        : new OllamaSpec("m" + random.nextInt(99), text())),
                policy());
    }

    private MonitorSpec monitor() {
        return new MonitorSpec(
                duration(),
                text(),
                10 + random.nextInt(999),
                several(
                        () ->
                                new DriftSpec(
                                        pick(DriftSpec.Detector.values()),
                                        pick(DriftSpec.Feature.values()),
                                        share())),
                maybe(() -> new OnDriftSpec(duration())),
                policy());
    }

    private StagePolicy policy() {
        return new StagePolicy(
                duration(), duration(), random.nextInt(9), duration(), 1 + random.nextDouble());
    }

    private Duration duration() {
        return Duration.ofMillis(1_000L + random.nextInt(1 << 30));
    }

    /** Above 0 and below 1. */
    private double share() {
        return Math.max(random.nextDouble(), Double.MIN_NORMAL);
    }

    private String text() {
        return "x".repeat(random.nextInt(2)) + pick(TEXTS);
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private <T> List<T> several(Supplier<? extends T> item) {
        var items = new ArrayList<T>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            items.add(item.get());
        }
        return items;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
