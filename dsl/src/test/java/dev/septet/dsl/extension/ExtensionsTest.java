package dev.septet.dsl.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.SpecYaml;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.vocabulary.ExtensionCall;
import dev.septet.dsl.vocabulary.WordReference;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Word;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words of jars: checked, explained and kept in the spec like Septet's own. */
class ExtensionsTest {
    @TempDir
    private Path folder;

    /** A metric. */
    public static final class Chrf implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric(
                    "ngram",
                    "F-score of character n-grams, from 0 to 100.",
                    100,
                    WordOption.wholeNumber("order", "Longest n-gram.", 6, 1, 10),
                    WordOption.number("beta", "Weight of recall.", 2, 0.5, 4),
                    WordOption.choice("spaces", "Whether spaces count.", List.of("without", "counted")));
        }
    }

    /** Another with the same name. */
    public static final class Chrf2 implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("ngram", "Another one.", 1);
        }
    }

    /** One with the name of Septet's own. */
    public static final class OtherBleu implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("bleu", "Another BLEU.", 100);
        }
    }

    /** One whose declaration is wrong. */
    public static final class Wrong implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("if", "A condition.", 1);
        }
    }

    /** One that cannot be made. */
    public static final class Broken implements Extension {
        public Broken() {
            throw new IllegalStateException("no licence");
        }

        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("broken", "Never there.", 1);
        }
    }

    private static String pipeline(String evaluate) {
        return """
            pipeline('own') {
                prepare { dataset 'data/rows.jsonl' }
                initialize { model 'models/tiny' }
                train { method lora() }
                evaluate { %s }
            }
            """.formatted(evaluate);
    }

    private static Compilation compile(String evaluate) {
        return PipelineCompiler.compile(PipelineSource.of("own.groovy", pipeline(evaluate)), Map.of());
    }

    private static PipelineSpec spec(String evaluate) {
        Compilation compiled = compile(evaluate);
        assertThat(compiled.printed()).isEmpty();
        return compiled.spec().orElseThrow();
    }

    private static ExtensionSpec used(MetricSpec metric) {
        return Objects.requireNonNull(metric.extension()).used();
    }

    @Test
    void isUnknownWithoutItsJar() {
        assertThat(compile("metric formality").printed())
                .contains("`metric` takes one of loss, perplexity, exactMatch,")
                .contains("but got `formality`")
                .contains(
                        "If a jar adds `formality`, put the jar into the folder that SEPTET_PLUGINS names, here and on"
                                + " every worker.");
        assertThat(whole("carrier()", "tsv", "biases()", "listed('m')", "quantiles")
                        .printed())
                .contains("If a jar adds `carrier`", "If a jar adds `biases`", "If a jar adds `listed`")
                .contains("If a jar adds `tsv`", "If a jar adds `quantiles`");
    }

    @Test
    void isKeptInTheSpecWithItsDefaultsAndItsJar() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            MetricSpec metric = spec("metric ngram(order: 4), above: 40")
                    .evaluate()
                    .metrics()
                    .get(0);
            assertThat(metric)
                    .isEqualTo(new MetricSpec(
                            "ngram",
                            40.0,
                            null,
                            new MetricSpec.ExtensionMetric(
                                    new ExtensionSpec(
                                            "ngram",
                                            Map.of("order", 4, "beta", 2.0, "spaces", "without"),
                                            "own-words",
                                            "1.2"),
                                    false,
                                    true)));
            assertThat(used(metric).wholeNumber("order")).isEqualTo(4);
            assertThat(metric.readsAnswer()).isTrue();
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void travelsWithoutItsJar() throws IOException {
        PipelineSpec spec;
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            spec = spec("metric ngram, above: 40");
            assertThat(jars).isNotNull();
        }
        assertThat(SpecYaml.read(SpecYaml.write(spec))).isEqualTo(spec);
        String json = SpecJson.mapper().writeValueAsString(spec);
        assertThat(SpecJson.mapper().readValue(json, PipelineSpec.class)).isEqualTo(spec);
        assertThat(json)
                .contains(
                        "\"extension\":{\"lowerIsBetter\":false,\"readsAnswer\":true,\"used\":{\"jar\":\"own-words\","
                                + "\"options\":{\"beta\":2.0,\"order\":6,\"spaces\":\"without\"},\"version\":\"1.2\",\"word\":\"ngram\"}}");
    }

    @Test
    void changesTheDigestWithTheJarsVersion() throws IOException {
        String first;
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            first = SpecDigest.of(spec("metric ngram").evaluate());
            assertThat(jars).isNotNull();
        }
        try (var jars = new ExtensionJars(folder).with("own-words", "1.3", Chrf.class)) {
            assertThat(SpecDigest.of(spec("metric ngram").evaluate())).isNotEqualTo(first);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void leavesTheWordsOfSeptetAsTheyAre() throws IOException {
        String plain = SpecDigest.of(spec("metric bleu, above: 40"));
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            assertThat(SpecDigest.of(spec("metric bleu, above: 40"))).isEqualTo(plain);
            assertThat(jars).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "metric ngramf | but got `ngramf` | Did you mean `ngram`?",
                "metric ngramf(order: 3) | but got `ngramf(...)` | Did you mean `ngram`?",
                "metric ngram(order: 20) | ngram order: must be from 1 to 10, got 20 | ",
                "metric ngram(beta: 2e308) | ngram beta: must be from 0.5 to 4, got Infinity | ",
                "metric ngram(ordr: 3) | `ngram` has no `ordr:` | Did you mean `order:`?",
                "metric ngram(order: 2.5) | `ngram order:` takes a whole number such as 6 | ",
                "metric ngram(spaces: 'counted') | `ngram spaces:` takes one of without, counted | Write `counted`"
                        + " without quotes.",
                "metric ngram(spaces: countd) | `ngram spaces:` takes one of without, counted | Did you mean"
                        + " `counted`?",
                "metric ngram(3) | `ngram` takes no value, but got 1 | Write it like `ngram`.",
                "metric ngram { order 3 } | takes no block | ",
                "metric ngram > 40 | takes its bound as an option | Write `metric ngram, above: 40`.",
                "metric ngram(order: 3) > 40 | takes its bound as an option | Write `metric ngram(order: 3), above:"
                        + " 40`.",
                "metric ngram, below: 40 | a larger ngram is better | Bound it with `above:`.",
                "metric ngram, above: 100 | must be from 0 to below 100 | ",
                "metric ngram; metric ngram | metric ngram is already set | ",
                "metric ngram; score('ngram', above: 0.9) { row.answer.length() < 9 } | ngram is already the name of a"
                        + " metric | ",
                "score('ngram', above: 0.9) { row.answer.length() < 9 }; metric ngram | ngram is already the name of a"
                        + " metric | ",
                "ngram() | `ngram` is a value, not a statement | ",
                "metric ngram(order: System.exit(1)) | is not allowed | ",
                "metric ngram(order: secret('A')) | but got `secret(...)` | ",
                "metric exactMatch() | but got `exactMatch(...)` | Write `exactMatch` without parentheses."
            })
    void explainsEveryMistake(String evaluate, String message, String hint) throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            assertThat(compile(evaluate).printed()).contains(message).contains(hint == null ? "" : hint);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void takesConstantsAndParameters() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            String file = "def n = param('order', 3)\n" + pipeline("metric ngram(order: n + 1)");
            var compiled = PipelineCompiler.compile(PipelineSource.of("own.groovy", file), Map.of("order", "4"));
            assertThat(used(compiled.spec().orElseThrow().evaluate().metrics().get(0))
                            .wholeNumber("order"))
                    .isEqualTo(5);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void namesBothJarsOfAClash() throws IOException {
        try (var jars =
                new ExtensionJars(folder).with("own-words", "1.2", Chrf.class).with("other-words", "3", Chrf2.class)) {
            assertThat(compile("metric loss").printed())
                    .contains("two jars declare the word `ngram`: own-words-1.2.jar and other-words-3.jar");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void refusesTwoVersionsOfAJar() throws IOException {
        try (var jars =
                new ExtensionJars(folder).with("own-words", "1.2", Chrf.class).with("own-words", "1.3", Chrf.class)) {
            assertThat(compile("metric loss").printed())
                    .contains("dev.septet.dsl.extension.ExtensionsTest$Chrf is both in own-words-1.2.jar and in"
                            + " own-words-1.3.jar; remove one of the two from the class path");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void refusesAWordOfSeptetsOwn() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", OtherBleu.class)) {
            assertThat(compile("metric loss").printed())
                    .contains("own-words-1.2.jar declares the metric `bleu`, but Septet has a word of this name there");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void namesTheJarThatCannotBeUsed() throws IOException {
        try (var jars = new ExtensionJars(folder).with("wrong", "1", Wrong.class)) {
            assertThatThrownBy(Extensions::here).hasMessage("wrong-1.jar: 'if' is not a name that a word may have");
            assertThat(jars).isNotNull();
        }
        try (var jars = new ExtensionJars(folder).with("broken", "1", Broken.class)) {
            assertThat(compile("metric loss").printed())
                    .contains("broken-1.jar: its extension dev.septet.dsl.extension.ExtensionsTest$Broken cannot be"
                            + " loaded (java.lang.IllegalStateException: no licence)");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void tellsSnapshotsApartByTheirBytes() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1-SNAPSHOT", Chrf.class)) {
            var jar = Extensions.here().of(ExtensionWord.Kind.METRIC).get(0).jar();
            assertThat(jar.version()).matches("1-SNAPSHOT\\+[0-9a-f]{12}");
            assertThat(jar.name()).isEqualTo("own-words");
            assertThat(jars).isNotNull();
        }
    }

    /** One word of each other kind. */
    public static final class Tsv implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.format("tsv", "Tab-separated prompt and completion.", List.of(".tsv"));
        }
    }

    /** A method. */
    public static final class Biases implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.method(
                    "biases", "Trains biases only.", WordOption.truth("norms", "Whether norms are trained too.", true));
        }
    }

    /** A target. */
    public static final class Listed implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.target("listed", "A folder with a list of its files.");
        }
    }

    /** A detector. */
    public static final class Quantiles implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.detector(
                    "quantiles", "Largest shift of a quantile.", Set.of(DriftSpec.Kind.NUMBER), 10);
        }
    }

    /** A channel. */
    public static final class Board implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.channel("board", "A notice board.", WordOption.text("name", "Which one.", null));
        }
    }

    /** A back end. */
    public static final class Elsewhere implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.backEnd(
                    "elsewhere", "Trains on another machine.", WordOption.text("queue", "Which queue.", null));
        }
    }

    @Test
    void aBackEndTrainsInsteadOfTheEngine() throws IOException {
        try (var jars = new ExtensionJars(folder).with("all", "1", Elsewhere.class)) {
            assertThat(training("by elsewhere(queue: 'team')").printed()).isEmpty();
            PipelineSpec spec = training("by elsewhere(queue: 'team')").spec().orElseThrow();
            assertThat(spec.train().by())
                    .isEqualTo(new ExtensionSpec.ForBackEnd(used("elsewhere", Map.of("queue", "team"))));
            assertThat(ExtensionSpec.in(spec)).extracting(ExtensionSpec::word).containsExactly("elsewhere");
            assertThat(SpecYaml.read(SpecYaml.write(spec))).isEqualTo(spec);
            assertThat(SpecJson.mapper().readValue(SpecJson.mapper().writeValueAsString(spec), PipelineSpec.class))
                    .isEqualTo(spec);
            assertThat(training("by elsewere(queue: 'team')").printed()).contains("Did you mean `elsewhere`?");
            assertThat(training("by elsewhere()").printed()).contains("`elsewhere` needs `queue:`");
            assertThat(training("by elsewhere(queue: 'team'); stop patience: 3").printed())
                    .contains("but `by elsewhere(...)` trains with another program");
            assertThat(WordReference.gdsl())
                    .contains("enclosingCall('train')")
                    .contains("method name: 'elsewhere'")
                    .contains("by elsewhere(queue: \\'queue\\')");
            assertThat(jars).isNotNull();
        }
        assertThat(training("by elsewhere(queue: 'team')").printed()).contains("If a jar adds `elsewhere`");
    }

    private static Compilation training(String by) {
        return PipelineCompiler.compile(PipelineSource.of("own.groovy", """
            pipeline('own') {
                prepare { dataset 'data/rows.jsonl' }
                initialize { model 'models/tiny' }
                train { method lora(); %s }
                evaluate { metric loss }
            }
            """.formatted(by)), Map.of());
    }

    private ExtensionJars all() throws IOException {
        return new ExtensionJars(folder)
                .with("all", "1", Tsv.class, Biases.class, Chrf.class, Listed.class, Quantiles.class, Board.class);
    }

    private static Compilation whole(String notify, String format, String method, String target, String drift) {
        return PipelineCompiler.compile(
                PipelineSource.of("own.groovy", """
                    pipeline('own') {
                        notify %s
                        prepare { dataset 'data/rows.tsv', format: %s }
                        initialize { model 'models/tiny' }
                        train { method %s }
                        deploy { target %s }
                        monitor { every 6.hours; log 'audit.jsonl'; drift %s }
                    }
                    """.formatted(notify, format, method, target, drift)), Map.of());
    }

    @Test
    void haveSixKinds() throws IOException {
        PipelineSpec spec;
        try (var jars = all()) {
            Compilation compiled = whole(
                    "board(name: 'team'), on: [failed]",
                    "tsv",
                    "biases(norms: false)",
                    "listed('models/out')",
                    "quantiles, on: promptLength, above: 0.5");
            assertThat(compiled.printed()).isEmpty();
            spec = compiled.spec().orElseThrow();
            assertThat(jars).isNotNull();
        }
        assertThat(spec.notifications().get(0).to())
                .isEqualTo(new ExtensionSpec.ForChannel(used("board", Map.of("name", "team"))));
        assertThat(spec.prepare().extension()).isEqualTo(used("tsv", Map.of()));
        assertThat(spec.prepare().format()).isEqualTo(DatasetFormat.AUTO);
        assertThat(spec.train().method())
                .isEqualTo(new ExtensionSpec.ForMethod(used("biases", Map.of("norms", false))));
        assertThat(Objects.requireNonNull(spec.deploy()).targets())
                .containsExactly(new ExtensionSpec.ForTarget("models/out", used("listed", Map.of())));
        assertThat(Objects.requireNonNull(spec.monitor()).drifts())
                .containsExactly(
                        new DriftSpec(null, DriftSpec.Feature.PROMPT_LENGTH, 0.5, used("quantiles", Map.of())));
        assertThat(ExtensionSpec.in(spec))
                .extracting(ExtensionSpec::word)
                .containsExactly("tsv", "biases", "listed", "quantiles", "board");
        assertThat(SpecYaml.read(SpecYaml.write(spec))).isEqualTo(spec);
        assertThat(SpecJson.mapper().readValue(SpecJson.mapper().writeValueAsString(spec), PipelineSpec.class))
                .isEqualTo(spec);
    }

    private static ExtensionSpec used(String word, Map<String, Object> options) {
        return new ExtensionSpec(word, options, "all", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "board() | tsv | biases() | listed('m') | quantiles, on: promptLength | `board` needs `name:` | Write"
                        + " it like `board(name: 'name')`.",
                "board(name: 'a') | tvs | biases() | listed('m') | quantiles, on: promptLength | one of auto, chat,"
                        + " alpaca, completion, text, preference, sharegpt, ranked, classification, kto, tsv, but got"
                        + " `tvs` | Did you mean `tsv`?",
                "board(name: 'a') | chat | biases() | listed('m') | quantiles, on: promptLength | 'data/rows.tsv' is"
                        + " read by format: tsv only | Write `dataset 'data/rows.tsv', format: tsv`.",
                "board(name: 'a') | tsv | biases | listed('m') | quantiles, on: promptLength | the bare word `biases`"
                        + " | Write it like `biases()`.",
                "board(name: 'a') | tsv | bias() | listed('m') | quantiles, on: promptLength | one of biases, dora,"
                        + " full | Did you mean `biases`?",
                "board(name: 'a') | tsv | biases() | listed() | quantiles, on: promptLength | `listed` needs text |"
                        + " Write it like `listed('models/tuned')`.",
                "board(name: 'a') | tsv | biases() | listed('m') | quantiles | drift quantiles needs on: | Write"
                        + " `drift quantiles, on: promptLength`.",
                "board(name: 'a') | tsv | biases() | listed('m') | quantiles, on: language | drift on: of quantiles is"
                        + " one of promptLength, promptTokens, answerLength, got language | ",
                "board(name: 'a') | tsv | biases() | listed('m') | quantiles, on: promptLength, above: 11 | drift"
                        + " above: of quantiles must be above 0 and at most 10, got 11 | ",
                "board(name: 'a') | tsv | biases() | listed('m') | quantiles, on: promptLength, rise: 3.percent |"
                        + " drift quantiles takes above:, not rise: | "
            })
    void areExplainedInEveryPlace(
            String notify, String format, String method, String target, String drift, String message, String hint)
            throws IOException {
        try (var jars = all()) {
            assertThat(whole(notify, format, method, target, drift).printed())
                    .contains(message)
                    .contains(hint == null ? "" : hint);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void theBoundsOfAnOptionAreTwoFiniteNumbers() {
        assertThatThrownBy(() -> WordOption.number("beta", "Weight.", 1, 0, Double.POSITIVE_INFINITY))
                .hasMessage("the bounds of option `beta` are not two numbers: 0.0 and Infinity");
        assertThatThrownBy(() -> new WordOption("beta", "Weight.", WordOption.Type.NUMBER, 1.0, 0.0, null, List.of()))
                .hasMessage("the bounds of option `beta` are not two numbers: 0.0 and null");
        var free = new WordOption("beta", "Weight.", WordOption.Type.NUMBER, 1.0, null, null, List.of());
        assertThat(free.objection(1e300)).isEmpty();
        assertThat(free.objection(Double.NaN)).isEqualTo("must be a finite number, got NaN");
    }

    @Test
    void whatASpecRefusesIsToldToTheAuthor() throws IOException {
        try (var jars = all()) {
            var listed =
                    Extensions.here().find(ExtensionWord.Kind.TARGET, "listed").orElseThrow();
            Word word = new Word(new ExtensionCall(listed));
            assertThatThrownBy(() -> word.invoke(this, new Object[] {" "}, null))
                    .isInstanceOf(Refusal.class)
                    .hasMessage("listed needs a path");
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void errorsOfAJarsCodeAreNamed() {
        for (Error error : List.of(new NoSuchMethodError("a"), new StackOverflowError("b"), new AssertionError("c"))) {
            assertThatThrownBy(() -> Extensions.run(
                            ExtensionWord.Kind.METRIC, used("ngram", Map.of()), ExtensionProblem.class, () -> {
                                throw error;
                            }))
                    .isInstanceOf(ExtensionProblem.class)
                    .hasMessageStartingWith("metric `ngram` of all 1 failed: "
                            + error.getClass().getName());
        }
    }

    /** One that declares nothing. */
    public static final class Silent implements Extension {
        @Override
        @SuppressWarnings("NullAway") // the mistake
        public ExtensionWord word() {
            return null;
        }
    }

    @Test
    void namesTheJarThatDeclaresNoWord() throws IOException {
        try (var jars = new ExtensionJars(folder).with("silent", "1", Silent.class)) {
            assertThat(compile("metric loss").printed())
                    .contains("silent-1.jar: its extension dev.septet.dsl.extension.ExtensionsTest$Silent declares no"
                            + " word: word() gave null");
            assertThat(jars).isNotNull();
        }
    }

    /** Defines a class as if it came from some place. */
    private static final class From extends ClassLoader {
        private final String place;
        private final @Nullable String title;
        private final @Nullable String version;

        From(String place, @Nullable String title, @Nullable String version) {
            super(ExtensionsTest.class.getClassLoader());
            this.place = place;
            this.title = title;
            this.version = version;
        }

        ExtensionJar jarOf(Class<?> type) throws IOException {
            byte[] bytes = bytes(type);
            definePackage(type.getPackageName(), null, null, null, title, version, null, null);
            var source = new CodeSource(URI.create(place).toURL(), (Certificate[]) null);
            return ExtensionJar.of(
                    defineClass(type.getName(), bytes, 0, bytes.length, new ProtectionDomain(source, null)));
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in =
                type.getClassLoader().getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    @Test
    void knowsAJarInsideAJarByItsTitleAndVersion() throws IOException {
        String nested = "jar:file:/app.jar!/lib/own-words.jar";
        ExtensionJar jar = new From(nested, "own-words", "1.2").jarOf(Chrf.class);
        assertThat(jar.name()).isEqualTo("own-words");
        assertThat(jar.version()).isEqualTo("1.2");
        assertThat(new From(nested, "own-words", "2-SNAPSHOT").jarOf(Chrf.class).version())
                .matches("2-SNAPSHOT\\+[0-9a-f]{12}");
        assertThat(new From(nested, null, null).jarOf(Chrf.class).name()).isEqualTo("dev.septet.dsl.extension");
    }

    @Test
    void knowsAFolderByAllItsClasses() throws IOException {
        Files.write(folder.resolve("Chrf.class"), bytes(Chrf.class));
        Files.createDirectory(folder.resolve("inner"));
        Path other = Files.write(folder.resolve("inner/Grams.class"), new byte[] {1});
        String place = folder.toUri().toString();
        String first = new From(place, null, null).jarOf(Chrf.class).version();
        assertThat(first).matches("\\+[0-9a-f]{12}");
        assertThat(new From(place, null, null).jarOf(Chrf.class).version()).isEqualTo(first);
        Files.write(other, new byte[] {2});
        assertThat(new From(place, null, null).jarOf(Chrf.class).version()).isNotEqualTo(first);
    }

    /** A metric whose scores have no largest one. */
    public static final class Distance implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("distance", "A distance.", Double.POSITIVE_INFINITY, false, true);
        }
    }

    /** A detector whose scores have no largest one. */
    public static final class Shift implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.detector("shift", "A shift.", Set.of(DriftSpec.Kind.NUMBER), Double.POSITIVE_INFINITY);
        }
    }

    @Test
    void scoresMayHaveNoLargestOne() throws IOException {
        try (var jars = all().with("open", "1", Distance.class, Shift.class)) {
            assertThat(spec("metric distance, above: 1000")
                            .evaluate()
                            .metrics()
                            .get(0)
                            .above())
                    .isEqualTo(1000);
            assertThat(compile("metric distance, above: -1").printed())
                    .contains("metric above: of distance must be from 0 to below any number, got -1");
            assertThat(whole(
                                    "board(name: 'a')",
                                    "tsv",
                                    "biases()",
                                    "listed('m')",
                                    "shift, on: promptLength, above: 1000")
                            .printed())
                    .isEmpty();
            assertThat(jars).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'a.tsv' | 'a.jsonl' | 'a.jsonl' | ''",
                "'a.jsonl' | 'a.tsv' | 'a.jsonl' | 'a.tsv' is not a dataset: its name must end with .jsonl, .json or"
                        + " .csv",
                "'a.jsonl' | 'a.jsonl' | 'a.tsv' | 'a.tsv' is not a dataset: its name must end with .jsonl, .json or"
                        + " .csv",
            })
    void onlyADatasetHasTheEndingsOfAJarsFormat(String dataset, String suite, String probe, String message)
            throws IOException {
        try (var jars = all()) {
            String printed = PipelineCompiler.compile(
                            PipelineSource.of("own.groovy", """
                                pipeline('own') {
                                    prepare { dataset %s%s }
                                    initialize { model 'models/tiny' }
                                    train { method lora() }
                                    evaluate { metric exactMatch; forgetting suite: %s, maxDrop: 5.percent }
                                    deploy { target http { port 8080 }; canary 10.percent, probe: %s }
                                }
                                """.formatted(
                                            dataset, dataset.contains("tsv") ? ", format: tsv" : "", suite, probe)),
                            Map.of())
                    .printed();
            if (message.equals("''")) {
                assertThat(printed).isEmpty();
            } else {
                assertThat(printed).contains(message);
            }
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void aProbeNeedsAMetricOfSeptetsOwn() throws IOException {
        try (var jars = all()) {
            assertThat(probed("metric ngram"))
                    .contains("`canary probe:` cannot score answers with `metric ngram`, which comes from a jar")
                    .contains("Add a metric of Septet's own that reads answers, such as `metric exactMatch`.");
            assertThat(probed("metric ngram; metric exactMatch")).isEmpty();
            assertThat(probed("metric loss")).isEmpty();
            assertThat(jars).isNotNull();
        }
    }

    private static String probed(String evaluate) {
        return PipelineCompiler.compile(PipelineSource.of("own.groovy", """
            pipeline('own') {
                prepare { dataset 'a.jsonl' }
                initialize { model 'models/tiny' }
                train { method lora() }
                evaluate { %s }
                deploy { target http { port 8080 }; canary 10.percent, probe: 'a.jsonl' }
            }
            """.formatted(evaluate)), Map.of())
                .printed();
    }

    @Test
    void aClassLoaderIsLetGo() throws IOException {
        WeakReference<ClassLoader> loader = used();
        assertThatThrownBy(() -> new ArrayList<long[]>().add(new long[Integer.MAX_VALUE - 8]))
                .as("all soft references are cleared before this")
                .isInstanceOf(OutOfMemoryError.class);
        System.gc();
        assertThat(loader.get()).isNull();
    }

    private WeakReference<ClassLoader> used() throws IOException {
        try (var jars = all()) {
            assertThat(spec("metric ngram").evaluate().metrics()).hasSize(1);
            assertThat(jars).isNotNull();
            return new WeakReference<>(Thread.currentThread().getContextClassLoader());
        }
    }
}
