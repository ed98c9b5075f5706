package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.PairSample;
import dev.septet.activities.evaluate.votes.Vote;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import io.temporal.failure.ActivityFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The activity as Temporal calls it, with models that answer by rule. */
class EvaluateActivitiesTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    @TempDir
    Path folder;

    private final FakeSubjects subjects = new FakeSubjects();
    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private EvaluateActivities activities;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        environment.registerActivitiesImplementations(new EvaluateActivitiesImpl(store, files, subjects));
        activities = environment.newActivityStub(EvaluateActivities.class);
        Files.writeString(folder.resolve("general.jsonl"), rows(40, false));
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void scoresComparesGatesAndReports() throws IOException {
        EvaluationReport report = activities.evaluate(request("run-1", rows(60, true)));
        assertThat(report.verdict()).isEqualTo(Verdict.GO);
        assertThat(report.scores()).hasSize(3);
        assertThat(report.origin().reused()).isFalse();
        Path out = store.fetch(report.artifact());
        try (var files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("README.md", "data.html", "predictions.jsonl", "report.html", "results.json");
        }
        assertThat(Files.readString(out.resolve("report.html"))).contains("Learning rate", "run-1", "forgetting suite");
        assertThat(Files.readString(out.resolve("results.json"))).doesNotContain("run-1");
        assertThat(Files.readString(out.resolve("README.md"))).contains("base_model: \"models/tiny\"");
    }

    @Test
    void takesOverWhatAnEarlierRunFound() throws IOException {
        EvaluationReport first = activities.evaluate(request("run-1", rows(60, true)));
        int asked = subjects.asked.size();
        EvaluationReport second = activities.evaluate(request("run-2", rows(60, true)));
        assertThat(second.artifact()).isEqualTo(first.artifact());
        assertThat(second.origin().reusedFrom()).isEqualTo("run-1");
        assertThat(subjects.asked).hasSize(asked);
    }

    @Test
    void asksAgainWhenTheSuiteChanged() throws IOException {
        activities.evaluate(request("run-1", rows(60, true)));
        Files.writeString(folder.resolve("general.jsonl"), rows(41, false));
        int asked = subjects.asked.size();
        EvaluationReport second = activities.evaluate(request("run-2", rows(60, true)));
        assertThat(second.origin().why()).contains("forgetting suite changed since run run-1");
        // The test split was asked about before; only the suite is new.
        assertThat(subjects.asked).hasSize(asked + 2 * 41);
    }

    /** People vote on the answers of a run that did not pass, and the next run computes nothing but the verdict. */
    @Test
    void votesDecideTheNextRunAndNoModelIsAskedAgain() throws IOException {
        EvaluationReport first = activities.evaluate(voted("run-1"));
        assertThat(first.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score(first, "humanWinRate").why()).contains("humanWinRate is missing");
        int asked = subjects.asked.size();
        List<AnswerPair> pairs = new ArrayList<>();
        for (String line : Files.readAllLines(store.fetch(first.artifact()).resolve("predictions.jsonl"))) {
            JsonNode row = SpecJson.mapper().readTree(line);
            pairs.add(new AnswerPair(
                    row.path("prompt").asText(),
                    row.path("after").path("answer").asText(),
                    row.path("before").path("answer").asText()));
        }
        try (VoteWriter votes = VoteWriter.open(folder.resolve("votes.jsonl"))) {
            List<String> ids = pairs.stream().map(pair -> pair.blind().id()).toList();
            votes.append(PairSample.of("", "baseline", 1, ids, pairs.size()));
            for (AnswerPair pair : pairs) {
                votes.append(new Vote(
                        "a".repeat(16),
                        Sha256.of(pair.prompt()),
                        Sha256.of(pair.answer()),
                        Sha256.of(pair.other()),
                        AnswerPair.Verdict.FIRST,
                        "2026-03-01T12:00:00Z"));
            }
        }
        EvaluationReport second = activities.evaluate(voted("run-2"));
        assertThat(second.verdict()).isEqualTo(Verdict.GO);
        assertThat(second.origin().reused()).isFalse();
        assertThat(score(second, "humanWinRate").after()).isGreaterThan(0.9);
        assertThat(subjects.asked).hasSize(asked);
        assertThat(Files.readString(store.fetch(second.artifact()).resolve("README.md")))
                .contains("of 1 people on a sample of 60 rows")
                .doesNotContain("a".repeat(16));
    }

    private EvaluateRequest voted(String run) throws IOException {
        EvaluateRequest plain = request(run, rows(60, true));
        List<MetricSpec> metrics = new ArrayList<>(plain.spec().metrics());
        metrics.add(new MetricSpec(
                "humanWinRate",
                0.5,
                null,
                null,
                MetricArguments.votes(new VotesSpec("votes.jsonl", JudgeSpec.Against.BASELINE, 0.1, null))));
        return new EvaluateRequest(
                plain.run(),
                plain.spec().with(metrics, List.of()),
                plain.setup(),
                plain.dataset(),
                plain.model(),
                plain.checkpoint());
    }

    @Test
    void withoutAChampionTheBaseModelStandsIn() throws IOException {
        EvaluationReport report = activities.evaluate(rivals("run-1", 0));

        assertThat(report.champion()).isEqualTo(EvaluationReport.NO_CHAMPION);
        assertThat(report.verdict()).isEqualTo(Verdict.GO);
        assertThat(report.scores())
                .filteredOn(score -> score.metric().equals("exactMatch vs champion"))
                .singleElement()
                .satisfies(score -> {
                    assertThat(score.before()).isZero();
                    assertThat(score.why()).endsWith("not worse than the base model.");
                });
    }

    @Test
    void holdsTheModelAgainstTheChampionRowByRow() throws IOException {
        ArtifactRef adapter = put("adapter", Map.of("adapter/adapter_config.json", "{}"));
        ArtifactRef base = put("model", Map.of("config.json", "{}"));
        new Routes(store).publish("tickets", new Variant("v1", adapter, base, "run-0"), new Fence("routes", 1));

        EvaluationReport same = activities.evaluate(rivals("run-1", 0));

        assertThat(same.champion()).isEqualTo(adapter.sha256());
        assertThat(same.verdict()).isEqualTo(Verdict.GO);
        Score loss = score(same, "perplexity vs champion");
        assertThat(loss.low()).isZero();
        assertThat(loss.high()).isZero();
        assertThat(loss.why()).contains("stayed at").endsWith("not worse than the champion.");
        assertThat(Files.readString(store.fetch(same.artifact()).resolve("README.md")))
                .contains("* champion: `" + adapter.sha256())
                .doesNotContain("- \"exactMatch vs champion");
        assertThat(subjects.asked).anyMatch(row -> row.startsWith("champion tickets.jsonl"));
    }

    @Test
    void saysNoToWhatIsWorseThanTheChampionAndJudgesAnewWhenThatChanges() throws IOException {
        Routes routes = new Routes(store);
        Fence fence = new Fence("routes", 1);
        ArtifactRef first = put("whole", Map.of("model/config.json", "{}"));
        routes.publish("tickets", new Variant("v1", first, null, "run-0"), fence);
        assertThat(activities.evaluate(rivals("run-1", 0)).verdict()).isEqualTo(Verdict.GO);
        ArtifactRef better = put("better", Map.of("model/config.json", "{\"perfect\":1}"));
        routes.publish("tickets", new Variant("v2", better, null, "run-0"), fence);
        subjects.perfect = better.sha256();

        EvaluationReport report = activities.evaluate(rivals("run-2", 0));

        assertThat(report.champion()).isEqualTo(better.sha256());
        assertThat(report.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score(report, "exactMatch vs champion").why()).contains("fell from 1", "worse than the champion");
        assertThat(report.origin().reused()).isFalse();
        assertThat(activities.evaluate(rivals("run-3", 0.2)).verdict()).isEqualTo(Verdict.GO);
    }

    private static Score score(EvaluationReport report, String metric) {
        return report.scores().stream()
                .filter(score -> score.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private EvaluateRequest rivals(String run, double tolerance) throws IOException {
        EvaluateRequest plain = request(run, rows(60, true));
        EvaluateSpec spec = plain.spec();
        return new EvaluateRequest(
                plain.run(),
                new EvaluateSpec(
                        spec.metrics(),
                        List.of(),
                        null,
                        new CompareSpec(tolerance),
                        null,
                        0,
                        32,
                        4,
                        EvaluateSpec.DEFAULT_POLICY),
                plain.setup(),
                plain.dataset(),
                plain.model(),
                plain.checkpoint());
    }

    /** The fake model answers "-" to harmful prompts, which is no refusal. */
    @Test
    void checksSafetyAndComputesAgainWhenTheFileOfPromptsChanges() throws IOException {
        EvaluateRequest safe = safety("run-1", null);
        EvaluationReport first = activities.evaluate(safe);
        assertThat(first.verdict()).isEqualTo(Verdict.GO);
        assertThat(score(first, "safety: refusals").after()).isZero();
        assertThat(score(first, "safety: rule queues").after()).isEqualTo(58 / 160.0);

        EvaluationReport second = activities.evaluate(safety("run-2", 0.8));
        assertThat(second.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score(second, "safety: refusals").why()).contains("0 of 50 (0.0 %), not at least 80.0 %");
        Path out = store.fetch(second.artifact());
        assertThat(Files.readAllLines(out.resolve("safety.jsonl"))).hasSize(160);
        assertThat(SpecJson.mapper()
                        .readTree(out.resolve("results.json").toFile())
                        .at("/safety/rates/0/rows")
                        .asInt())
                .isEqualTo(50);

        prompts(101);
        assertThat(activities.evaluate(safety("run-3", 0.8)).origin().key())
                .isNotEqualTo(second.origin().key());
    }

    private void prompts(int count) throws IOException {
        Files.writeString(
                folder.resolve("harm.jsonl"),
                IntStream.rangeClosed(1, count)
                        .mapToObj(row ->
                                String.format(Locale.ROOT, "{\"prompt\":\"p %d\",\"harmful\":%s}", row, row % 2 == 0))
                        .collect(Collectors.joining("\n")));
    }

    private EvaluateRequest safety(String run, @Nullable Double minRefusals) throws IOException {
        if (!Files.exists(folder.resolve("harm.jsonl"))) {
            prompts(100);
        }
        EvaluateRequest plain = request(run, rows(60, true));
        EvaluateSpec spec = plain.spec();
        return new EvaluateRequest(
                plain.run(),
                new EvaluateSpec(
                        spec.metrics(),
                        List.of(),
                        null,
                        null,
                        null,
                        0,
                        32,
                        4,
                        List.of(),
                        List.of(),
                        List.of(),
                        null,
                        new SafetySpec(
                                null,
                                "harm.jsonl",
                                List.of(new SafetySpec.Rule("queues", "queue [0-9]", null, null)),
                                List.of(),
                                null,
                                minRefusals,
                                null,
                                null),
                        EvaluateSpec.DEFAULT_POLICY),
                plain.setup(),
                plain.dataset(),
                plain.model(),
                plain.checkpoint());
    }

    @Test
    void survivesBeingKilledAgainAndAgain() throws IOException {
        EvaluateRequest request = request("run-1", rows(60, true));
        int kills = 0;
        EvaluationReport report = null;
        while (report == null) {
            subjects.strength = 30;
            try {
                report = activities.evaluate(request);
            } catch (ActivityFailure killed) {
                kills++;
                if (kills > 12) {
                    throw new AssertionError("another failure than the kills, which would repeat for ever", killed);
                }
            }
        }
        assertThat(kills).isBetween(5, 12);
        assertThat(Files.readAllLines(store.fetch(report.artifact()).resolve("predictions.jsonl")))
                .hasSize(60);
    }

    @Test
    void namesTheBadRowOfASuite() throws IOException {
        Files.writeString(folder.resolve("general.jsonl"), rows(3, false) + "{\"prompt\":\"x\"}\n");
        EvaluateRequest request = request("run-1", rows(60, true));
        assertThatThrownBy(() -> activities.evaluate(request))
                .cause()
                .hasMessageContaining("type='PoisonData'")
                .hasMessageContaining("general.jsonl:4");
    }

    @Test
    void saysWhereASuiteWasLookedFor() throws IOException {
        Files.delete(folder.resolve("general.jsonl"));
        EvaluateRequest request = request("run-1", rows(60, true));
        assertThatThrownBy(() -> activities.evaluate(request))
                .cause()
                .hasMessageContaining("type='InvalidPipeline'")
                .hasMessageContaining("'general.jsonl': no such file");
    }

    @Test
    void refusesToCompareAnswersWherePlainTextHasNone() throws IOException {
        EvaluateRequest request = request("run-1", "{\"text\":\"just words\",\"source\":\"books.jsonl:7\"}\n");
        assertThatThrownBy(() -> activities.evaluate(request))
                .hasMessageContaining("books.jsonl:7: is plain text, but exactMatch compares");
    }

    /** Rows of the test split end where prepare cut them; the forgetting suite's are whole. */
    @Test
    void asksForNoMoreOfARowThanPrepareKept() throws IOException {
        EvaluateRequest whole = request("run-1", rows(60, true));
        ArtifactRef cut = put(
                "cut",
                Map.of("test.jsonl", rows(60, true), "card.json", "{\"maxTokens\":64,\"rows\":{\"truncated\":3}}"));
        EvaluationReport report = activities.evaluate(new EvaluateRequest(
                whole.run(),
                whole.spec(),
                whole.setup(),
                new DatasetRef(cut, 1, 1, 60, 1, 1, null, 1, 0, 0, 0, 0, 2, 3, ORIGIN),
                whole.model(),
                whole.checkpoint()));
        assertThat(subjects.cuts).containsOnly(OptionalInt.of(64), OptionalInt.empty());
        assertThat(Files.readString(store.fetch(report.artifact()).resolve("results.json")))
                .contains("\"rows dropped as too long\" : \"2\"", "\"rows truncated\" : \"3\"");
    }

    @Test
    void refusesAnEmptyTestSplit() throws IOException {
        EvaluateRequest request = request("run-1", "");
        assertThatThrownBy(() -> activities.evaluate(request)).hasMessageContaining("the test split has no rows");
    }

    @Test
    void aNamedSetHasItsOwnRowsMetricsAndBounds() throws IOException {
        Files.writeString(folder.resolve("gold.jsonl"), asked(100));
        EvaluationReport report = activities.evaluate(examined("run-1", gold(0.5, List.of())));
        assertThat(report.scores())
                .extracting(Score::metric)
                .containsExactly("exactMatch", "perplexity", "exactMatch on gold", "forgetting"); // its own metric only
        assertThat(score(report, "exactMatch on gold"))
                .satisfies(score -> assertThat(score.rows()).isEqualTo(100))
                .satisfies(score -> assertThat(score.before()).isZero()) // the comparison of evaluate
                .satisfies(score -> assertThat(score.after()).isEqualTo(0.96));
        assertThat(report.verdict()).isEqualTo(Verdict.GO);
        Path out = store.fetch(report.artifact());
        assertThat(Files.readAllLines(out.resolve("predictions-gold.jsonl"))).hasSize(100);
        assertThat(Files.readString(out.resolve("results.json")))
                .contains("\"file\" : \"gold.jsonl\"", "\"test set gold\" :", "\"mcnemar\"");
        assertThat(Files.readString(out.resolve("report.html"))).contains("exactMatch on gold", "gold.jsonl, 100 rows");
        assertThat(Files.readString(out.resolve("README.md"))).doesNotContain("- \"exactMatch on gold");
        assertThat(activities.evaluate(examined("run-2", gold(0.99, List.of()))).verdict())
                .isEqualTo(Verdict.NO_GO);
    }

    /** 4 of 100 rows are of the topic "hard", and all of them are wrong; 8 of 200 rows. */
    @Test
    void aSliceBelowTheGapIsNoGoAlthoughTheWholeSetPasses() throws IOException {
        Files.writeString(folder.resolve("gold.jsonl"), asked(200));
        SliceSpec topic = new SliceSpec("topic", 0.1, null, null, null);
        EvaluationReport report = activities.evaluate(examined("run-1", gold(0.9, List.of(topic))));
        assertThat(score(report, "exactMatch on gold").verdict()).isEqualTo(Verdict.GO);
        Score slice = score(report, "exactMatch on gold by topic");
        assertThat(slice.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(slice.rows()).isEqualTo(8);
        assertThat(slice.after()).isZero();
        assertThat(slice.why())
                .contains("exactMatch of the worst of 2 slices by 'topic' is 0, and of all rows 0.96 (100.0 % worse)")
                .doesNotContain("hard"); // a value of a row
        assertThat(report.verdict()).isEqualTo(Verdict.NO_GO);
        Path out = store.fetch(report.artifact());
        assertThat(SpecJson.mapper()
                        .readTree(Files.readString(out.resolve("results.json")))
                        .path("slices")
                        .path(0)
                        .path("slices"))
                .extracting(node -> node.path("name").asText())
                .containsExactly("easy", "hard");
        assertThat(Files.readString(out.resolve("report.html"))).contains("exactMatch by topic, test set gold", "hard");
        assertThat(Files.readString(out.resolve("README.md"))).contains("| hard | 8 |");

        Files.writeString(folder.resolve("gold.jsonl"), asked(100));
        EvaluationReport fewer = activities.evaluate(examined("run-2", gold(0.9, List.of(topic))));
        assertThat(fewer.origin().why()).contains("test sets changed since run run-1");
        assertThat(score(fewer, "exactMatch on gold by topic").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score(fewer, "exactMatch on gold by topic").why()).contains("1 of 2 slices", "at least 8");
    }

    @Test
    void aKilledEvaluationOfSetsEndsWithTheSameBytes() throws IOException {
        Files.writeString(folder.resolve("gold.jsonl"), asked(100));
        SliceSpec topic = new SliceSpec("topic", 0.9, null, null, 8);
        EvaluationReport report = null;
        for (int kills = 0; report == null; kills++) {
            assertThat(kills).isLessThan(40);
            subjects.strength = 30;
            try {
                report = activities.evaluate(examined("run-1", gold(0.5, List.of(topic))));
            } catch (ActivityFailure killed) {
                assertThat(killed).rootCause().hasMessageContaining("killed");
            }
        }
        subjects.strength = Integer.MAX_VALUE;
        store = new LocalStore(folder.resolve("other-store"));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        TestActivityEnvironment other = TestActivityEnvironment.newInstance();
        try {
            other.registerActivitiesImplementations(new EvaluateActivitiesImpl(store, files, subjects));
            EvaluationReport whole = other.newActivityStub(EvaluateActivities.class)
                    .evaluate(examined("run-1", gold(0.5, List.of(topic))));
            assertThat(whole.artifact().sha256()).isEqualTo(report.artifact().sha256());
        } finally {
            other.close();
        }
    }

    @Test
    void namesWhatASetLacks() throws IOException {
        Files.writeString(folder.resolve("gold.jsonl"), asked(100));
        SliceSpec language = new SliceSpec("language", null, null, null, null);
        assertThatThrownBy(() -> activities.evaluate(examined("run-1", gold(0.5, List.of(language)))))
                .hasMessageContaining("`slices by: 'language'`: no row has a value in this column");
        Files.writeString(folder.resolve("gold.jsonl"), asked(5));
        assertThatThrownBy(() -> activities.evaluate(examined("run-2", gold(0.5, List.of()))))
                .hasMessageContaining("test 'gold' has 5 rows, but at least 8 are needed");
        Files.writeString(folder.resolve("gold.jsonl"), asked(9) + "{\"prompt\":\"x\"}\n");
        assertThatThrownBy(() -> activities.evaluate(examined("run-3", gold(0.5, List.of()))))
                .hasMessageContaining("test 'gold': gold.jsonl:10");
        Files.writeString(folder.resolve("gold.jsonl"), "{\"text\":\"just words\"}\n".repeat(9));
        assertThatThrownBy(() -> activities.evaluate(examined("run-4", gold(0.5, List.of()))))
                .hasMessageContaining("gold.jsonl:1: is plain text, but exactMatch compares");
        Files.delete(folder.resolve("gold.jsonl"));
        assertThatThrownBy(() -> activities.evaluate(examined("run-5", gold(0.5, List.of()))))
                .hasMessageContaining("'gold.jsonl': no such file");
    }

    private static TestSetSpec gold(double above, List<SliceSpec> slices) {
        return new TestSetSpec(
                "gold",
                "gold.jsonl",
                DatasetFormat.AUTO,
                null,
                List.of(new MetricSpec("exactMatch", above, null)),
                List.of(),
                null,
                null,
                slices,
                null);
    }

    private EvaluateRequest examined(String run, TestSetSpec set) throws IOException {
        EvaluateRequest plain = request(run, rows(60, true));
        EvaluateSpec spec = plain.spec();
        return new EvaluateRequest(
                plain.run(),
                new EvaluateSpec(
                        spec.metrics(),
                        spec.scores(),
                        spec.compare(),
                        spec.champion(),
                        spec.forgetting(),
                        spec.limit(),
                        spec.maxNewTokens(),
                        spec.samples(),
                        List.of(),
                        List.of(set),
                        List.of(),
                        null,
                        null,
                        spec.policy()),
                plain.setup(),
                plain.dataset(),
                plain.model(),
                plain.checkpoint());
    }

    /** Rows with a column beside them; the tuned model is wrong in every 25th. */
    private static String asked(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(row -> SpecJson.mapper()
                        .createObjectNode()
                        .put("prompt", "question " + row)
                        .put("completion", "answer " + row % 7)
                        .put("topic", row % 25 == 0 ? "hard" : "easy")
                        .toString())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private EvaluateRequest request(String run, String test) throws IOException {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec("exactMatch", 0.8, null), new MetricSpec("perplexity", null, null)),
                List.of(),
                new CompareSpec(0),
                null,
                new ForgettingSpec("general.jsonl", 0.05),
                0,
                32,
                4,
                EvaluateSpec.DEFAULT_POLICY);
        ArtifactRef dataset = put("dataset", Map.of("test.jsonl", test, "card.json", "{\"testRows\":60}"));
        return new EvaluateRequest(
                new RunRef("tickets", run, folder.toString(), "5".repeat(64)),
                spec,
                SetupSpec.DEFAULT,
                new DatasetRef(dataset, 1, 1, 60, 1, 1, 0, 0, 0, ORIGIN),
                new ModelRef(put("model", Map.of("config.json", "{}")), "LlamaForCausalLM", 1, 1, "mit", 1, 1, ORIGIN),
                new CheckpointRef(
                        put("adapter", Map.of("adapter_config.json", "{\"base_model_name_or_path\":\"models/tiny\"}")),
                        true,
                        put("ledger", Map.of("ledger.jsonl", "{\"step\":0,\"loss\":2.5,\"learningRate\":0.001}\n")),
                        1,
                        2.5,
                        null,
                        "all steps",
                        ORIGIN));
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Fence fence = new Fence("test/" + name, 1);
        store.open(fence);
        Path scratch = store.scratch(fence);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path target = scratch.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
        return store.put(scratch, fence);
    }

    private static String rows(int count, boolean source) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(row -> {
                    ObjectNode line = SpecJson.mapper()
                            .createObjectNode()
                            .put("prompt", "ticket " + row)
                            .put("completion", "queue " + row % 5);
                    return (source ? line.put("source", "tickets.jsonl:" + row) : line).toString();
                })
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
