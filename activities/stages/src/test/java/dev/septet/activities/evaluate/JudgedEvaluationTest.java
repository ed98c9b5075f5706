package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.evaluate.judge.JudgeHistory;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.judge.JudgeTables;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of an HTTP service judges the answers of a whole evaluation. */
class JudgedEvaluationTest {
    private static final Pattern ANSWER =
            Pattern.compile("\\[([0-9a-f]{16}) (first |second |)answer]\n(.*?)\n\\[\\1", Pattern.DOTALL);
    private static final String RIGHT = "the right answer";

    @TempDir
    Path folder;

    private LocalStore store;
    private int attempts;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
    }

    /** The texts between the marks. */
    private static List<String> answers(JsonNode body) {
        Matcher found = ANSWER.matcher(FakeService.question(body));
        return found.results().map(each -> each.group(3)).toList();
    }

    private static String points(JsonNode body) {
        return answers(body).get(0).equals(RIGHT) ? "{\"verdict\": \"5\"}" : "{\"verdict\": \"1\"}";
    }

    @Test
    void scoresEveryAnswerAndPaysForEachOnce() throws IOException {
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            Evaluation evaluation = evaluation(new CompareSpec(0), judge(points(1_000_000L), 0.7));
            EvaluationFindings findings = run(service, evaluation);
            Score score = findings.scores().get(0);
            assertThat(score.verdict()).isEqualTo(Verdict.GO);
            assertThat(score.after()).isBetween(0.9, 1.0);
            assertThat(score.before()).isZero();
            int paid = service.requests().size();
            assertThat(paid).isEqualTo(2); // equal answers to equal questions are one request
            EvaluationFindings again = run(service, evaluation);
            assertThat(service.requests()).hasSize(paid);
            assertThat(ResultsJson.of(evaluation, again, List.of(), List.of()))
                    .isEqualTo(ResultsJson.of(evaluation, findings, List.of(), List.of()));
            JsonNode judges = SpecJson.mapper()
                    .readTree(ResultsJson.of(evaluation, findings, List.of(), List.of()))
                    .path("judges")
                    .path(0);
            assertThat(judges.path("judges")
                            .path(0)
                            .path("models")
                            .path("small")
                            .asInt())
                    .isEqualTo(3);
            assertThat(judges.path("unmeasured").asInt()).isZero();
            assertThat(new JudgeTables(findings.judges())
                            .pages()
                            .get(0)
                            .facts()
                            .get(0)
                            .value())
                    .contains("3 verdicts", "answered as small");
            JsonNode format = service.requests().get(0).path("response_format");
            assertThat(format.path("json_schema")
                            .path("schema")
                            .path("properties")
                            .path("verdict")
                            .path("enum"))
                    .hasSize(5);
        }
    }

    @Test
    void neverPassesBecauseOfWhatHasNoVerdict() throws IOException {
        try (FakeService service = new FakeService(
                body -> answers(body).get(0).equals(RIGHT) ? points(body) : "As an AI, I cannot judge.")) {
            Score lenient = run(service, evaluation(null, judge(points(1_000_000L), 0.97)))
                    .scores()
                    .get(0);
            assertThat(lenient.after()).isEqualTo(1); // of the rows with verdicts
            assertThat(lenient.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
            assertThat(lenient.why()).contains("1 of 40 rows are not measured", "with the worst scores");
            Score passing = run(service, evaluation(null, judge(points(1_000_000L), 0.5)))
                    .scores()
                    .get(0);
            assertThat(passing.verdict()).isEqualTo(Verdict.GO);
            assertThat(passing.why()).contains("would pass with the worst scores");
        }
        try (FakeService service = new FakeService(body -> "5 or 4")) {
            EvaluationFindings findings = run(service, evaluation(null, judge(points(999_999L), 0.1)));
            assertThat(findings.verdict()).isEqualTo(Verdict.NO_GO);
            assertThat(findings.scores().get(0).why()).contains("judge is missing", "40 of 40 rows are not measured");
            assertThat(findings.judges().get(0).judges().get(0).missing()).containsEntry("noVerdict", 2);
        }
    }

    @Test
    void endsWithTheBudgetAndPassesNothing() throws IOException {
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            EvaluationFindings findings = run(service, evaluation(null, judge(points(10L), 0.1)));
            assertThat(findings.verdict()).isEqualTo(Verdict.NO_GO);
            assertThat(findings.judges().get(0).judges().get(0).missing()).containsEntry("budget", 2);
            assertThat(service.requests()).isEmpty();
        }
    }

    @Test
    void judgesNamedSetsWithTheBudgetOfTheTestSplit() throws IOException {
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            EvaluationFindings findings =
                    run(service, evaluation(null, judge(points(1_000_000L), 0.7), List.of(set())));
            assertThat(findings.scores()).extracting(Score::metric).startsWith("judge", "judge on lab");
            assertThat(findings.scores()).allMatch(score -> score.verdict() == Verdict.GO);
            assertThat(findings.judges()).extracting(JudgeReport::metric).containsExactly("judge", "judge on lab");
            assertThat(new JudgeTables(findings.judges()).pages())
                    .extracting(ReportPage.FactTable::id)
                    .containsExactly("judges-judge", "judges-judge-on-lab");
            long used = findings.judges().get(0).tokens();
            EvaluationFindings poor = run(service, evaluation(null, judge(points(used + 1), 0.7), List.of(set())));
            assertThat(poor.judges().get(1).judges().get(0).missing()).containsKey("budget");
            assertThat(poor.judges().get(0).tokens() + poor.judges().get(1).tokens())
                    .isLessThanOrEqualTo(used + 1);
            assertThat(poor.verdict()).isEqualTo(Verdict.NO_GO);
        }
    }

    @Test
    void comparesWithTheBaseModelOnANamedSetOnly() throws IOException {
        try (FakeService service = new FakeService(body -> answers(body).get(0).equals(RIGHT) ? "first" : "second")) {
            Evaluation evaluation = evaluation(
                    null,
                    new MetricSpec("exactMatch", 0.5, null),
                    List.of(set(wins(JudgeSpec.Against.BASELINE, null))));
            EvaluationFindings findings = run(service, evaluation);
            assertThat(findings.scores().get(1).metric()).isEqualTo("winRate on lab");
            assertThat(findings.scores().get(1).after()).isEqualTo(39.5 / 40);
            assertThat(findings.scores().get(1).before()).isNull();
            assertThat(findings.sets()).allMatch(set -> set.before() == null);
        }
    }

    @Test
    void rowsWithoutAVerdictInANamedSetDoNotPass() throws IOException {
        try (FakeService service = new FakeService(
                body -> answers(body).get(0).equals(RIGHT) ? points(body) : "As an AI, I cannot judge.")) {
            Score score = run(
                            service,
                            evaluation(
                                    null,
                                    new MetricSpec("exactMatch", 0.5, null),
                                    List.of(set(judge(points(1_000_000L), 0.97)))))
                    .scores()
                    .get(1);
            assertThat(score.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
            assertThat(score.why()).contains("1 of 40 rows are not measured", "judge on lab");
        }
    }

    @Test
    void comparesInBothOrdersAndReportsTheBiasForAPlace() throws IOException {
        try (FakeService service = new FakeService(body -> "{\"verdict\":\"first\"}")) {
            EvaluationFindings findings = run(service, evaluation(null, wins(JudgeSpec.Against.BASELINE, null)));
            assertThat(findings.scores().get(0).after()).isEqualTo(0.5);
            assertThat(findings.verdict()).isEqualTo(Verdict.NO_GO);
            assertThat(findings.judges().get(0).pairs()).satisfies(found -> {
                JudgeReport.Pairs pairs = Objects.requireNonNull(found);
                assertThat(pairs.first()).isEqualTo(1);
                assertThat(pairs.contradictory()).isEqualTo(39);
                assertThat(pairs.equal()).isEqualTo(1);
                assertThat(pairs.ties()).isEqualTo(40);
            });
        }
        try (FakeService service = new FakeService(body -> answers(body).get(0).equals(RIGHT) ? "first" : "second")) {
            EvaluationFindings findings =
                    run(service, evaluation(new CompareSpec(0), wins(JudgeSpec.Against.BASELINE, "m")));
            assertThat(findings.verdict()).isEqualTo(Verdict.GO);
            assertThat(findings.scores().get(0).after()).isEqualTo(39.5 / 40);
            assertThat(Objects.requireNonNull(findings.judges().get(0).pairs()).first())
                    .isEqualTo(0.5);
        }
    }

    @Test
    void survivesFailuresOfTheServiceAndCountsThem() throws IOException {
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            service.next(
                    FakeService.status(500, "{}"),
                    FakeService.status(429, "{}", "Retry-After", "1"),
                    FakeService.dropped("{"));
            assertThat(run(service, evaluation(null, judge(points(1_000_000L), 0.5)))
                            .verdict())
                    .isEqualTo(Verdict.GO);
        }
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            FakeService.Fault[] down = new FakeService.Fault[100];
            Arrays.fill(down, FakeService.status(503, "{}"));
            service.next(down);
            EvaluationFindings findings = run(service, evaluation(null, judge(points(2_000_000L), 0.5)));
            assertThat(findings.verdict()).isEqualTo(Verdict.NO_GO);
            assertThat(findings.judges().get(0).judges().get(0).missing()).containsEntry("noAnswer", 2);
            assertThat(service.requests()).hasSize(2 * RequestClock.TRIES);
        }
    }

    @Test
    void measuresTheAgreementOfJudgesWithEachOtherAndWithPeople() throws IOException {
        try (FakeService service =
                new FakeService(body -> body.path("model").asText().equals("small")
                        ? points(body)
                        : answers(body).get(0).length() % 2 == 0 ? "5" : "1")) {
            JudgeSpec two = new JudgeSpec(
                    List.of(new GenerateSpec.Teacher("service", "small"), new GenerateSpec.Teacher("service", "other")),
                    "rubric.txt",
                    JudgeSpec.Scale.POINTS,
                    null,
                    new GenerateSpec.Budget(1_000_000L, null, GenerateSpec.Budget.End.STOP),
                    "votes.jsonl",
                    null,
                    2,
                    0.1,
                    "Be right.",
                    "{\"prompt\":\"p\",\"answer\":\"%s\",\"verdict\":5}\n{\"prompt\":\"p\",\"answer\":\"bad\",\"verdict\":\"1\"}\n"
                            .formatted(RIGHT));
            EvaluationFindings findings = run(service, evaluation(null, judge(two, 0.5)));
            JudgeReport report = findings.judges().get(0);
            assertThat(report.judges())
                    .extracting(JudgeReport.OfJudge::by)
                    .containsExactly(
                            "openai(endpoint: 'service', model: 'small')",
                            "openai(endpoint: 'service', model: 'other')");
            assertThat(Objects.requireNonNull(report.agreement()).name()).startsWith("Cohen's kappa");
            assertThat(Objects.requireNonNull(report.people()).get(0).value()).isEqualTo(1);
            assertThat(report.people().get(0).items()).isEqualTo(2);
            assertThat(new JudgeTables(findings.judges()).pages().get(0).facts())
                    .anyMatch(fact -> fact.name().startsWith("agreement with people")
                            && fact.value().contains("1, 1 of 2"));
        }
    }

    @Test
    void saysThatAModelChangedInTheMiddleAndSinceTheLastVersion() throws IOException {
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            service.next(exchange -> FakeService.status(
                            200,
                            FakeService.whole("small-2026-01-01", "{\"verdict\": 5}")
                                    .toString())
                    .answer(exchange));
            EvaluationFindings findings = run(service, evaluation(null, judge(points(1_000_000L), 0.5)));
            assertThat(findings.judges().get(0).judges().get(0).note()).contains("as 2 models in the middle");
            JudgeHistory first = new JudgeHistory(store, "tickets", "run-1");
            Fence fence = new Fence("run/evaluate", ++attempts);
            store.open(fence);
            assertThat(first.since(findings.judges(), fence).get(0).changed()).isEmpty();
            JudgeReport before = findings.judges().get(0);
            JudgeReport.OfJudge judge = before.judges().get(0);
            JudgeReport later = new JudgeReport(
                    before.metric(),
                    List.of(new JudgeReport.OfJudge(judge.by(), 2, Map.of("small-2027", 2), Map.of(), null)),
                    before.rows(),
                    0,
                    null,
                    null,
                    null,
                    0,
                    0,
                    List.of());
            JudgeHistory second = new JudgeHistory(store, "tickets", "run-2");
            String change = second.since(List.of(later), fence).get(0).changed().get(0);
            assertThat(change).contains("small and small-2026-01-01", "now as small-2027");
            // a repeated attempt of the run says the same
            assertThat(second.since(List.of(later), fence).get(0).changed()).containsExactly(change);
            store.release(fence);
        }
    }

    /** The engine generates nothing but verdicts, whatever the model has learned. */
    @Test
    void aModelOfTheEngineJudges() throws IOException {
        JudgeSpec own = new JudgeSpec(
                List.of(new GenerateSpec.Teacher(null, "judge")),
                "rubric.txt",
                JudgeSpec.Scale.YES_NO,
                null,
                new GenerateSpec.Budget(1_000_000L, null, GenerateSpec.Budget.End.STOP),
                null,
                null,
                4,
                0.1,
                "Be right.",
                null);
        EvaluationFindings findings = run(
                Teachers.of(
                        "evaluate",
                        new ModelEndpoints(null, Map.of()),
                        model -> Path.of("../../examples/quickstart/base-model")),
                evaluation(null, judge(own, 0.5)));
        assertThat(findings.judges().get(0).unmeasured()).isZero();
        assertThat(findings.judges().get(0).judges().get(0).missing()).isEmpty();
        assertThat(findings.judges().get(0).tokens()).isPositive();
    }

    @Test
    void refusesARubricThatIsEmptyAndLabelsThatAreNone() throws IOException {
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        RunRef run = new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64));
        EvaluateSpec spec = EvaluateSpec.DEFAULT.with(
                List.of(metric("judge", spec(JudgeSpec.Scale.POINTS, null, 9L, "l.jsonl", null), 0.5)), List.of());
        Files.writeString(folder.resolve("rubric.txt"), " \n");
        Files.writeString(folder.resolve("l.jsonl"), "{\"prompt\":\"secret\",\"answer\":\"b\",\"verdict\":6}\n");
        assertThatThrownBy(() -> MetricFiles.read(files, run, spec))
                .hasMessageContaining("rubric 'rubric.txt' is empty");
        Files.writeString(folder.resolve("rubric.txt"), "Be right.");
        assertThatThrownBy(() -> MetricFiles.read(files, run, spec))
                .hasMessageContaining("labels 'l.jsonl': line 1 is not a verdict")
                .message()
                .doesNotContain("secret");
        Files.writeString(folder.resolve("l.jsonl"), "{\"prompt\":\"a\",\"answer\":\"b\",\"verdict\":4}\n");
        String before = MetricFiles.digest(files, run, spec);
        MetricFiles.read(files, run, spec);
        Files.writeString(folder.resolve("rubric.txt"), "Be brief.");
        assertThat(MetricFiles.digest(files, run, spec)).isNotEqualTo(before);
    }

    @Test
    void refusesAnEndpointThatTheOperatorDoesNotAllow() throws IOException {
        try (FakeService service = new FakeService(JudgedEvaluationTest::points)) {
            EvaluateSpec spec = evaluation(null, judge(points(9L), 0.5)).spec();
            EvaluationInputs.checkJudges(service.endpoints(folder, false), spec);
            JudgeSpec other = new JudgeSpec(
                    List.of(new GenerateSpec.Teacher("service", "large")),
                    "r.txt",
                    JudgeSpec.Scale.YES_NO,
                    null,
                    new GenerateSpec.Budget(9L, null, GenerateSpec.Budget.End.STOP),
                    null,
                    null,
                    1,
                    0.1,
                    null,
                    null);
            assertThatThrownBy(() -> EvaluationInputs.checkJudges(
                            service.endpoints(folder, false),
                            spec.with(List.of(metric("judge", other, null)), List.of())))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("evaluate: metric judge: by openai")
                    .hasMessageContaining("does not allow the model 'large'");
            TestSetSpec set = set(metric("judge", other, null));
            assertThatThrownBy(() -> EvaluationInputs.checkJudges(
                            service.endpoints(folder, false), spec.with(spec.metrics(), List.of(set))))
                    .hasMessageContaining("does not allow the model 'large'");
        }
    }

    private static JudgeSpec points(long tokens) {
        return spec(JudgeSpec.Scale.POINTS, null, tokens, null, "Be right.");
    }

    private static JudgeSpec spec(
            JudgeSpec.@Nullable Scale scale,
            JudgeSpec.@Nullable Against against,
            long tokens,
            @Nullable String labels,
            @Nullable String rubric) {
        return new JudgeSpec(
                List.of(new GenerateSpec.Teacher("service", "small")),
                "rubric.txt",
                scale,
                against,
                new GenerateSpec.Budget(tokens, null, GenerateSpec.Budget.End.STOP),
                labels,
                null,
                4,
                0.1,
                rubric,
                null);
    }

    private static MetricSpec judge(JudgeSpec judge, double above) {
        return metric("judge", judge, above);
    }

    private static MetricSpec wins(JudgeSpec.Against against, @Nullable String more) {
        return metric(
                "winRate",
                spec(null, against, 1_000_000L, null, "Be right." + Objects.requireNonNullElse(more, "")),
                0.5);
    }

    private static MetricSpec metric(String name, JudgeSpec judge, @Nullable Double above) {
        return new MetricSpec(name, above, null, null, MetricArguments.judge(judge));
    }

    private Evaluation evaluation(@Nullable CompareSpec compare, MetricSpec metric) {
        return evaluation(compare, metric, List.of());
    }

    /** With named sets, which have the metrics of the test split if they have none. */
    private Evaluation evaluation(@Nullable CompareSpec compare, MetricSpec metric, List<TestSetSpec> sets) {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(metric), List.of(), compare, null, null, 0, 16, 0, EvaluateSpec.DEFAULT_POLICY);
        Candidate base = Candidate.whole("base model", folder, ref("b".repeat(64)), Precision.FLOAT32);
        return new Evaluation(
                spec,
                1,
                base,
                base.with("tuned model", folder, ref("c".repeat(64))),
                rows("tickets.jsonl", "d"),
                null,
                null,
                sets.stream()
                        .map(set -> new TestSet(set.name(), set.path(), spec.of(set), rows(set.path(), "e")))
                        .toList());
    }

    private static EvaluationRows rows(String file, String digest) {
        List<Row> rows = new ArrayList<>();
        for (int row = 1; row <= 40; row++) {
            rows.add(new CompletionRow("ticket", RIGHT, new RowPlace(file, row)));
        }
        return new EvaluationRows(rows, digest.repeat(64), OptionalInt.of(16));
    }

    private static TestSetSpec set(MetricSpec... metrics) {
        return new TestSetSpec(
                "lab", "lab.jsonl", DatasetFormat.AUTO, null, List.of(metrics), List.of(), null, null, List.of(), null);
    }

    private static ArtifactRef ref(String digest) {
        return new ArtifactRef("store:artifacts/" + digest, digest, 1);
    }

    private EvaluationFindings run(FakeService service, Evaluation evaluation) throws IOException {
        return run(Teachers.of("evaluate", service.endpoints(folder, false), model -> folder), evaluation);
    }

    private EvaluationFindings run(Teachers teachers, Evaluation evaluation) throws IOException {
        Fence fence = new Fence("run/evaluate", ++attempts);
        store.open(fence);
        try {
            return evaluation.run(
                    new Predictions(store, fence, new FakeSubjects(), teachers, time -> {}),
                    (doing, done, total) -> {});
        } finally {
            store.release(fence);
        }
    }
}
