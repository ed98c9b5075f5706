package dev.septet.activities.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.FormatExtension;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.TargetExtension;
import dev.septet.activities.deploy.publication.TargetFiles;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.MetricExtension;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.monitor.detector.Detection;
import dev.septet.activities.monitor.detector.Detector;
import dev.septet.activities.monitor.detector.DetectorExtension;
import dev.septet.activities.monitor.sample.NumericSample;
import dev.septet.activities.notify.ChannelExtension;
import dev.septet.activities.notify.NotifyActivitiesImpl;
import dev.septet.activities.notify.NotifySettings;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.track.TrackerExtension;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.MethodExtension;
import dev.septet.dsl.extension.ExtensionJars;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.Stage;
import dev.septet.workflows.notify.Notice;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the words of jars do on a worker, and how a worker without the jar refuses them. */
class JarWordsTest {
    @TempDir
    private Path folder;

    /** A metric: the share of answers with at most so many words. */
    public static final class Brief implements MetricExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric(
                    "brief", "Share of short answers.", 1, WordOption.wholeNumber("words", "Most words.", 3, 1, 100));
        }

        @Override
        public Metric metric(ExtensionSpec used) {
            return new BriefAnswers(used.wholeNumber("words"));
        }
    }

    /** What the metric does. */
    public record BriefAnswers(long most) implements Metric {
        @Override
        public String name() {
            return "brief";
        }

        @Override
        public boolean lowerIsBetter() {
            return false;
        }

        @Override
        public boolean readsAnswer() {
            return true;
        }

        @Override
        public double[] tally(Outcome outcome) {
            String answer = outcome.answer();
            if (answer != null && answer.equals("crash")) {
                throw new IllegalStateException("cannot read: " + answer);
            }
            return new double[] {answer == null ? Double.NaN : answer.split(" ").length <= most ? 1 : 0, 1};
        }

        @Override
        public double score(double[] sums) {
            return sums[0] / sums[1];
        }
    }

    /** A format: tab-separated prompt and completion. */
    public static final class Tsv implements FormatExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.format("tsv", "Tab-separated.", List.of(".tsv"));
        }

        @Override
        public Lines open(ExtensionSpec used) {
            return line -> {
                if (line.startsWith("#")) {
                    return Optional.empty();
                }
                String[] fields = line.split("\t", -1);
                if (fields.length != 2) {
                    throw new RowProblem(PublicText.of("has %d fields, expected 2", fields.length));
                }
                return Optional.of(Map.of("prompt", fields[0], "completion", fields[1]));
            };
        }
    }

    /** A method: the last block. */
    public static final class LastOnly implements MethodExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.method("lastOnly", "Trains the last block.");
        }

        @Override
        public Method method(ExtensionSpec used) {
            return new Partial(1);
        }
    }

    /** A method: LoRA of one layer. */
    public static final class Narrow implements MethodExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.method(
                    "narrow", "LoRA of queries.", WordOption.wholeNumber("rank", "Its rank.", 2, 1, 64));
        }

        @Override
        public Method method(ExtensionSpec used) {
            return new Lora((int) used.wholeNumber("rank"), 4, 0, List.of("q_proj"));
        }
    }

    /** A target: one file. */
    public static final class Listed implements TargetExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.target("listed", "A list.");
        }

        @Override
        public Map<String, Path> files(ExtensionSpec used, Exported export, Path scratch) throws IOException {
            return Map.of("name.txt", Files.writeString(scratch.resolve("name.txt"), export.name()));
        }
    }

    /** A detector: says the difference of sizes. */
    public static final class Sizes implements DetectorExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.detector("sizes", "Difference of sizes.", Set.of(DriftSpec.Kind.NUMBER), 100);
        }

        @Override
        public int fewest() {
            return 2;
        }

        @Override
        public Detector detector(ExtensionSpec used) {
            return (baseline, window) -> new Detection(Math.abs(baseline.size() - window.size()), 0.5);
        }
    }

    /** A channel: keeps what it gets in a system property. */
    public static final class Property implements ChannelExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.channel("property", "A system property.", WordOption.text("name", "Its name.", null));
        }

        @Override
        public void send(ExtensionSpec used, Notice notice, byte[] json) {
            System.setProperty(used.text("name"), "%s: %s".formatted(notice.id(), notice.message()));
        }
    }

    /** A tracker that keeps the newest state of a run in a system property. */
    public static final class Kept implements TrackerExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.tracker("kept", "A system property.", WordOption.text("name", "Its name.", null));
        }

        @Override
        public String send(ExtensionSpec used, TrackedRun run) {
            System.setProperty(
                    used.text("name"), run.runId() + " " + run.moment().state());
            return used.text("name");
        }
    }

    private static ExtensionSpec used(String word, Map<String, Object> options) {
        return new ExtensionSpec(word, options, "own-words", "1.2");
    }

    private static MetricSpec brief(String version) {
        return new MetricSpec(
                "brief",
                null,
                null,
                new MetricSpec.ExtensionMetric(
                        new ExtensionSpec("brief", Map.of("words", 2L), "own-words", version), false, true));
    }

    private static Outcome answer(String answer) {
        return new Outcome("reference", answer, 1, 1);
    }

    @Test
    void aMetricScoresWithItsOptions() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Brief.class)) {
            Metric metric = Metrics.of(brief("1.2"));
            assertThat(metric.name()).isEqualTo("brief");
            assertThat(metric.readsAnswer()).isTrue();
            assertThat(metric.tally(answer("two words"))).containsExactly(1, 1);
            assertThat(metric.tally(answer("now three words"))).containsExactly(0, 1);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aMetricThatFailsIsNamedWithoutWhatItRead() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Brief.class)) {
            assertThatThrownBy(() -> Metrics.of(brief("1.2")).tally(answer("crash")))
                    .isInstanceOf(ExtensionProblem.class)
                    .hasMessageStartingWith(
                            "metric `brief` of own-words 1.2 failed: java.lang.IllegalStateException at")
                    .hasMessageNotContaining("cannot read");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aWorkerWithoutTheJarSaysWhatToDo() {
        assertThatThrownBy(() -> Metrics.of(brief("1.2")))
                .hasMessage(
                        "`brief` is a metric of the jar own-words 1.2, which this process does not have; put the jar"
                                + " on the class path of every worker, for example into the folder that SEPTET_PLUGINS"
                                + " names, and start the workers again");
        ApplicationFailure failure = (ApplicationFailure) Failures.of(new ExtensionProblem("no jar"));
        assertThat(failure.getType()).isEqualTo("InvalidPipeline");
        assertThat(failure.getOriginalMessage()).isEqualTo("no jar");
    }

    @Test
    void aWorkerWithAnotherVersionRefuses() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.3", Brief.class, Sizes.class)) {
            assertThatThrownBy(() -> Metrics.of(brief("1.2")))
                    .hasMessage("`brief` was checked with the jar own-words 1.2, but this process has own-words 1.3;"
                            + " start a new run, or give every worker the version 1.2");
            DriftSpec drift = new DriftSpec(null, DriftSpec.Feature.PROMPT_LENGTH, null, used("sizes", Map.of()));
            assertThat(Detector.of(drift)).as("a check stores no result").isNotNull();
            assertThat(jars).isNotNull();
        }
    }

    /** Whoever may start workflows may write a spec that no linter has seen. */
    @Test
    void aWorkerChecksTheOptionsOfASpec() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Brief.class)) {
            Map<Map<String, Object>, String> refusals = Map.of(
                    Map.of(), "it needs words:",
                    Map.of("words", 1000), "words: must be from 1 to 100, got 1000",
                    Map.of("words", "many"), "words: is of another type",
                    Map.of("words", 3, "more", 1), "it has no more:");
            refusals.forEach((options, reason) -> assertThatThrownBy(() ->
                            Extensions.of(used("brief", options), ExtensionWord.Kind.METRIC, MetricExtension.class))
                    .hasMessage("`brief` of own-words 1.2 cannot be used with the options of this run: " + reason
                            + "; start a new run"));
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aStagesKeyHasTheJarsVersion() {
        assertThat(key("1.2")).isEqualTo(key("1.2")).isNotEqualTo(key("1.3"));
    }

    private static String key(String version) {
        EvaluateSpec plain = EvaluateSpec.DEFAULT;
        EvaluateSpec spec =
                new EvaluateSpec(List.of(brief(version)), List.of(), null, null, null, 0, 8, 0, plain.policy());
        return StageKey.of(Stage.EVALUATE).words("evaluate", spec, Set.of()).digest();
    }

    @Test
    void aFormatReadsLines() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.tsv"), "# head\nq1\ta1\r\n\nq2\nq3\ta3");
        PrepareSpec spec = new PrepareSpec(
                "rows.tsv",
                null,
                DatasetFormat.AUTO,
                9,
                List.of(),
                false,
                null,
                new SplitSpec(80, 10, 10),
                64,
                null,
                used("tsv", Map.of()),
                PrepareSpec.DEFAULT_POLICY);
        List<Reading> rows = new ArrayList<>();
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Tsv.class);
                DatasetReader reader =
                        DatasetReader.open(new SourceFile(file, "rows.tsv"), spec, RecordEdit.NONE, RowSample.WHOLE)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                rows.add(next.get());
            }
            assertThat(reader.format()).isEqualTo(DatasetFormat.COMPLETION);
            assertThat(reader.layout()).isEqualTo("tsv");
            assertThat(jars).isNotNull();
        }
        assertThat(rows).hasSize(3);
        assertThat(((CompletionRow) rows.get(0)).completion()).isEqualTo("a1");
        assertThat(((BadRow) rows.get(1)).shown().toString()).isEqualTo("rows.tsv:4: has 1 fields, expected 2");
        assertThat(((CompletionRow) rows.get(2)).prompt()).isEqualTo("q3");
    }

    @Test
    void aMethodBecomesTheEngines() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", LastOnly.class)) {
            assertThat(EnginePlan.method(new ExtensionSpec.ForMethod(used("lastOnly", Map.of())), 0))
                    .isEqualTo(new Partial(1));
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aMethodSaysWhetherItMakesAnAdapter() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", LastOnly.class, Narrow.class)) {
            assertThat(EnginePlan.makesAdapter(new ExtensionSpec.ForMethod(used("lastOnly", Map.of()))))
                    .isFalse();
            assertThat(EnginePlan.makesAdapter(new ExtensionSpec.ForMethod(used("narrow", Map.of("rank", 3L)))))
                    .isTrue();
            LoraSpec lora = LoraSpec.standard();
            for (MethodSpec own : List.of(lora, new DoraSpec(lora), new QloraSpec(lora))) {
                assertThat(EnginePlan.makesAdapter(own)).isTrue();
            }
            assertThat(EnginePlan.makesAdapter(new FullSpec())).isFalse();
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aTargetChoosesItsFiles() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Listed.class)) {
            var spec = new ExtensionSpec.ForTarget("models/out", used("listed", Map.of()));
            TargetFiles target = Targets.of(spec);
            assertThat(target.type()).isEqualTo("listed");
            assertThat(target.files(spec, new Exported("small", folder), folder).get("name.txt"))
                    .hasContent("small");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aDetectorCompares() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Sizes.class)) {
            DriftSpec drift = new DriftSpec(null, DriftSpec.Feature.PROMPT_LENGTH, null, used("sizes", Map.of()));
            assertThat(Detector.fewest(drift)).isEqualTo(2);
            assertThat(Detector.of(drift).detect(NumericSample.of(new double[3]), NumericSample.of(new double[5])))
                    .isEqualTo(new Detection(2, 0.5));
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aChannelDelivers() throws IOException {
        String name = "septet.test.notice";
        try (var jars = new ExtensionJars(folder).with("own-words", "2.0", Property.class)) {
            var channel = new ExtensionSpec.ForChannel(used("property", Map.of("name", name)));
            new NotifyActivitiesImpl(NotifySettings.of(Map.of()))
                    .tell(
                            new NotifySpec(channel, NotifySpec.every()),
                            new Notice("n1", "failed", "now", "p", "w", "r", null, "m", List.of()),
                            null);
            assertThat(System.getProperty(name)).isEqualTo("n1: m");
            assertThat(jars).isNotNull();
        } finally {
            System.clearProperty(name);
        }
    }

    /** One built for another version of Septet: every call but the first fails. */
    public static final class Old implements MetricExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("old", "An old one.", 1);
        }

        @Override
        public Metric metric(ExtensionSpec used) {
            return new OldAnswers();
        }
    }

    /** What the metric does. */
    public record OldAnswers() implements Metric {
        @Override
        public String name() {
            return "old";
        }

        @Override
        public boolean lowerIsBetter() {
            return false;
        }

        @Override
        public boolean readsAnswer() {
            return true;
        }

        @Override
        public boolean readsPairs() {
            throw new NoSuchMethodError("pairs");
        }

        @Override
        public double[] tally(Outcome outcome) {
            throw new StackOverflowError();
        }

        @Override
        public double score(double[] sums) {
            throw new AssertionError("score");
        }
    }

    /** A detector that fails. */
    public static final class OldShift implements DetectorExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.detector("oldShift", "An old one.", Set.of(DriftSpec.Kind.NUMBER), 100);
        }

        @Override
        public int fewest() {
            throw new NoSuchMethodError("fewest");
        }

        @Override
        public Detector detector(ExtensionSpec used) {
            throw new NoSuchMethodError("detector");
        }
    }

    /** A method that fails when the engine calls it. */
    public static final class OldMethod implements MethodExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.method("oldMethod", "An old one.");
        }

        @Override
        public Method method(ExtensionSpec used) {
            return new OldBlocks();
        }
    }

    /** One that makes no method. */
    public static final class NoMethod implements MethodExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.method("noMethod", "None.");
        }

        @Override
        @SuppressWarnings("NullAway") // the mistake
        public Method method(ExtensionSpec used) {
            return null;
        }
    }

    /** What the method does. */
    public record OldBlocks() implements Method {
        @Override
        public Map<String, Object> digestFields() {
            return Map.of("type", "oldBlocks");
        }

        @Override
        public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
            return false;
        }

        @Override
        public boolean quantizes(String weight) {
            throw new NoSuchMethodError("quantizes");
        }

        @Override
        public boolean recomputes() {
            throw new StackOverflowError();
        }

        @Override
        public double rateFactor(String parameter) {
            throw new IllegalStateException("the engine's own, such as too little memory");
        }
    }

    @Test
    void errorsOfAJarsCodeAreNamedAndNotRetried() throws IOException {
        try (var jars =
                new ExtensionJars(folder).with("own-words", "1.2", Old.class, OldShift.class, OldMethod.class)) {
            Metric metric = Metrics.of(new MetricSpec(
                    "old", null, null, new MetricSpec.ExtensionMetric(used("old", Map.of()), false, true)));
            assertNamed(metric::readsPairs, "metric `old` of own-words 1.2 failed: java.lang.NoSuchMethodError");
            assertNamed(
                    () -> metric.tally(answer("a")),
                    "metric `old` of own-words 1.2 failed: java.lang.StackOverflowError");
            assertNamed(
                    () -> metric.score(new double[1]),
                    "metric `old` of own-words 1.2 failed: java.lang.AssertionError");
            DriftSpec drift = new DriftSpec(null, DriftSpec.Feature.PROMPT_LENGTH, null, used("oldShift", Map.of()));
            assertNamed(
                    () -> Detector.fewest(drift),
                    "detector `oldShift` of own-words 1.2 failed: java.lang.NoSuchMethodError");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void errorsOfAJarsMethodAreNamedAndNotRetried() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", OldMethod.class, NoMethod.class)) {
            Method method = EnginePlan.method(new ExtensionSpec.ForMethod(used("oldMethod", Map.of())), 0);
            assertThat(method.digestFields()).isEqualTo(Map.of("type", "oldBlocks"));
            assertNamed(
                    () -> method.quantizes("w"),
                    "method `oldMethod` of own-words 1.2 failed: java.lang.NoSuchMethodError");
            assertNamed(method::recomputes, "method `oldMethod` of own-words 1.2 failed: java.lang.StackOverflowError");
            assertNamed(
                    () -> EnginePlan.method(new ExtensionSpec.ForMethod(used("noMethod", Map.of())), 0),
                    "method `noMethod` of own-words 1.2 failed: java.lang.NullPointerException");
            assertThatThrownBy(() -> method.rateFactor("w")).isInstanceOf(IllegalStateException.class);
            assertThat(jars).isNotNull();
        }
    }

    private static void assertNamed(ThrowingCallable code, String message) {
        Throwable problem = catchThrowable(code);
        assertThat(problem).isInstanceOf(ExtensionProblem.class).hasMessageStartingWith(message);
        assertThat(((ApplicationFailure) Failures.of(problem)).getType()).isEqualTo("InvalidPipeline");
    }
}
