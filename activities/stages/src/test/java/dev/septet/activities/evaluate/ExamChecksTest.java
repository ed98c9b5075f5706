package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
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
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the evaluate stage with checks; a function stands for each model. */
@Tag("long")
class ExamChecksTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    @TempDir
    Path folder;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private EvaluateActivities activities;

    /** The tuned model's answer to a row. */
    private Function<Row, String> answers = Prediction::reference;

    /** The tuned model's mean log-probability of the least likely tokens of a row. */
    private Function<Row, Double> familiar = row -> -1 - row.place().line() % 10 / 10.0;

    private BiFunction<Row, Integer, String> samples = (row, sample) -> Prediction.reference(row);
    private String metric = "exactMatch";
    private boolean losses = true;
    private Teachers judges = Teachers.none();
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        environment.registerActivitiesImplementations(new EvaluateActivitiesImpl(
                store, files, new Models(), GuardModels.ofProcess(files), (run, progress) -> judges));
        activities = environment.newActivityStub(EvaluateActivities.class);
        Files.writeString(folder.resolve("general.jsonl"), rows("fact", 40).replaceAll(",\"source\":\"[^\"]*\"", ""));
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void rowsThatAreAlsoTrainingRowsDecideByTheBound() throws IOException {
        String training = rows("train", 50) + rows("ticket", 3);
        EvaluationReport clean = evaluate(checks(0.0, null), rows("train", 50));
        assertThat(score(clean, "training overlap").verdict()).isEqualTo(Verdict.GO);
        assertThat(clean.verdict()).isEqualTo(Verdict.GO);

        EvaluationReport over = evaluate(checks(0.01, null), training);
        assertThat(score(over, "training overlap"))
                .satisfies(score -> assertThat(score.after()).isEqualTo(0.05))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO))
                .satisfies(score -> assertThat(score.why())
                        .isEqualTo("the share of rows that are also training rows is 0.05, not at most 0.01."));
        assertThat(over.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(evaluate(checks(0.05, null), training).verdict()).isEqualTo(Verdict.GO);

        Path out = store.fetch(over.artifact());
        JsonNode found = results(out).path("contamination");
        assertThat(found.path(0).path("overlapping").asInt()).isEqualTo(3);
        assertThat(found.path(0).path("firstOverlaps").path(0).asText()).isEqualTo("ticket.jsonl:1");
        assertThat(found.path(1).path("set").asText()).isEqualTo("forgetting suite");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("Contamination", "3 of 60 rows are also training rows");
    }

    /** People must say that they accept it. */
    @Test
    void anOverlapWithoutABoundIsInconclusive() throws IOException {
        EvaluationReport report = evaluate(checks(null, null), rows("train", 50) + rows("ticket", 3));
        assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score(report, "training overlap").why()).contains("no `maxOverlap:` says how much is accepted");
    }

    @Test
    void testRowsThatAreMoreFamiliarThanValidationRowsAreASignal() throws IOException {
        EvaluationReport usual = evaluate(checks(0.0, 0.65), rows("train", 50));
        assertThat(score(usual, "membership signal"))
                .satisfies(score -> assertThat(score.after()).isBetween(0.4, 0.6))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.GO));

        familiar = row -> (row.place().file().equals("ticket.jsonl") ? -0.1 : -3)
                - row.place().line() % 10 / 10.0;
        EvaluationReport known = evaluate(checks(0.0, 0.65), rows("train", 51));
        assertThat(score(known, "membership signal"))
                .satisfies(score -> assertThat(score.after()).isEqualTo(1))
                .satisfies(score -> assertThat(score.before()).isBetween(0.4, 0.6))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO));
        assertThat(score(known, "membership signal on forgetting suite").verdict())
                .isEqualTo(Verdict.GO); // never bounded
    }

    @Test
    void aSignalThatCannotBeMeasuredNeverPassesItsBound() throws IOException {
        losses = false;
        EvaluationReport report = evaluate(checks(0.0, 0.65), rows("train", 50));
        assertThat(score(report, "membership signal").verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score(report, "membership signal").why()).contains("gives no losses", "remove `maxMembership:`");
        EvaluationReport unbounded = evaluate(checks(0.0, null), rows("train", 50));
        assertThat(unbounded.scores()).noneMatch(score -> score.metric().startsWith("membership signal"));
        assertThat(Files.readString(store.fetch(unbounded.artifact()).resolve("report.html")))
                .contains("the membership signal was not measured");
    }

    @Test
    void anAttemptAfterAKillAsksOnlyWhatIsMissing() throws IOException {
        evaluate(checks(0.0, 0.65), rows("train", 50));
        int once = asked.size();
        evaluate(checks(0.02, 0.7), rows("train", 50)); // another bound, the same questions
        assertThat(asked).hasSize(once);
    }

    private static ExamChecksSpec checks(@Nullable Double overlap, @Nullable Double membership) {
        return new ExamChecksSpec(new ContaminationSpec(overlap, membership, null), null, null, null);
    }

    private static ExamChecksSpec fair(@Nullable Double maxFlip, @Nullable Double maxGap) {
        return new ExamChecksSpec(
                null, new FairnessSpec(Map.of("he", "she"), "pairs.csv", maxFlip, maxGap), null, null);
    }

    private static ExamChecksSpec grounded(GroundingSpec spec) {
        return new ExamChecksSpec(null, null, spec, null);
    }

    /** 60 rows with a pronoun or a name, and 20 rows without one. */
    private static String people() {
        return rows("pronoun", 30, row -> row % 2 == 0 ? "Is he at home?" : "Ist Frau Meier da?")
                + rows("name", 30, row -> "Did ANNA call?")
                + rows("other", 20, row -> "Is it open?");
    }

    @Test
    void answersThatDoNotDependOnTheSwappedTermsPass() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "# names\nAnna, Ahmed\nFrau, Herr\n");
        EvaluationReport report = evaluate(fair(0.05, 0.02), rows("train", 50), people());
        assertThat(score(report, "fairness flips"))
                .satisfies(score -> assertThat(score.after()).isZero())
                .satisfies(score -> assertThat(score.rows()).isEqualTo(60)) // 20 of 80 rows have no term
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.GO));
        assertThat(score(report, "fairness gap of exactMatch").verdict()).isEqualTo(Verdict.GO);
        assertThat(asked).contains("tuned model pronoun.jsonl:2");
        Path out = store.fetch(report.artifact());
        assertThat(results(out).path("fairness").path("rows").asInt()).isEqualTo(60);
        assertThat(Files.readString(out.resolve("report.html"))).contains("Fairness", "0 of 60 rows with a term");
    }

    /** The model is right about everyone but "she": half of the rows with a pronoun flip. */
    @Test
    void anAnswerThatDependsOnATermIsAFlipAndMakesAGap() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Ahmed\nFrau, Herr\n");
        answers = row -> RowTexts.of(row).question().contains("she") ? "wrong" : Prediction.reference(row);
        EvaluationReport report = evaluate(fair(0.05, 0.02), rows("train", 50), people());
        assertThat(score(report, "fairness flips"))
                .satisfies(score -> assertThat(score.after()).isEqualTo(0.25))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO));
        assertThat(score(report, "fairness gap of exactMatch"))
                .satisfies(score -> assertThat(score.before()).isEqualTo(1))
                .satisfies(score -> assertThat(score.after()).isEqualTo(0.75))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO))
                .satisfies(score -> assertThat(score.why()).contains("over the largest accepted gap of 2.0 %"));
        assertThat(evaluate(fair(0.9, 0.9), rows("train", 50), people()).verdict())
                .isEqualTo(Verdict.GO);
    }

    /** "SHE is." to a question about her is the answer "HE is." to the same question about him. */
    @Test
    void swapsTheTermsOfTheAnswerBack() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Ahmed\n");
        answers = row -> RowTexts.of(row).question().contains("she") ? "SHE is." : "HE is.";
        EvaluationReport swapped = evaluate(fair(0.05, null), rows("train", 50), people());
        assertThat(score(swapped, "fairness flips"))
                .satisfies(score -> assertThat(score.rows()).isEqualTo(45))
                .satisfies(score -> assertThat(score.after()).isZero());
        answers = row -> "HE is."; // also to a question about her, but the names have no part in it
        EvaluationReport constant = evaluate(fair(0.05, null), rows("train", 51), people().replace("home", "work"));
        assertThat(score(constant, "fairness flips").after()).isCloseTo(15.0 / 45, within(1e-9));
    }

    /** A metric of the model's confidence needs the same measures of the answers to swapped rows. */
    @Test
    void metricsOfConfidenceHaveAGapToo() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Ahmed\nFrau, Herr\n");
        metric = "brier";
        EvaluationReport report = evaluate(fair(null, 0.02), rows("train", 50), people());
        assertThat(score(report, "fairness gap of brier"))
                .satisfies(score -> assertThat(score.before()).isCloseTo(0.01, within(1e-9)))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.GO));
    }

    @Test
    void aChangedFileOfPairsIsAskedAgain() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Ahmed\n");
        evaluate(fair(0.05, null), rows("train", 50), people());
        int once = asked.size();
        evaluate(fair(0.05, null), rows("train", 50), people());
        assertThat(asked).hasSize(once);
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Bjarne\n");
        evaluate(fair(0.05, null), rows("train", 50), people());
        assertThat(asked).hasSize(once + 45); // the rows with swapped terms
    }

    @Test
    void noRowWithATermIsNoPass() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Ahmed\n");
        EvaluationReport report = evaluate(fair(null, null), rows("train", 50));
        assertThat(score(report, "fairness flips").verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score(report, "fairness flips").why()).contains("no test row has a term", "remove `fairness`");
        assertThat(score(report, "fairness gap of exactMatch").verdict()).isEqualTo(Verdict.NO_GO);
    }

    @Test
    void namesTheLineThatIsNoPair() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "Anna, Ahmed\nhe, she, they\n");
        assertThatThrownBy(() -> evaluate(fair(null, null), rows("train", 50)))
                .hasMessageContaining("fairness")
                .hasMessageContaining("pairs.csv:2");
    }

    /** Rows with a marked context; every 20th answer has a number that its context does not have. */
    private static String documents() {
        return rows(
                "document",
                40,
                row -> String.format(
                        Locale.ROOT,
                        "Context: Marie Curie got 2 prizes, the last in 1911 for %d grams. Question: which?",
                        row));
    }

    @Test
    void sentencesThatTheContextDoesNotSupportDecideByTheBound() throws IOException {
        GroundingSpec spec = new GroundingSpec(null, "Context:", "Question:", 0.05, null, null);
        answers = row -> String.format(
                Locale.ROOT,
                "She got it. Marie Curie got it in 1911. It was %d grams.",
                row.place().line());
        EvaluationReport right = evaluate(grounded(spec), rows("train", 50), documents());
        assertThat(score(right, "unsupported sentences"))
                .satisfies(score -> assertThat(score.after()).isZero())
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.GO));
        assertThat(results(store.fetch(right.artifact()))
                        .path("grounding")
                        .path("sentences")
                        .asInt())
                .isEqualTo(80); // the first sentence claims nothing

        answers = row -> row.place().line() % 2 == 0 ? "It was in 1912. Pierre Curie got it." : "It was in 1911.";
        EvaluationReport wrong = evaluate(grounded(spec), rows("train", 51), documents());
        assertThat(score(wrong, "unsupported sentences"))
                .satisfies(score -> assertThat(score.after()).isCloseTo(2.0 / 3, within(1e-9)))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO));
        JsonNode found = results(store.fetch(wrong.artifact())).path("grounding");
        assertThat(found.path("hallucinationRate").path("value").asDouble()).isEqualTo(0.5);
        assertThat(found.path("hallucinationRate").path("interval").path("low").asDouble())
                .isBetween(0.3, 0.5);
        assertThat(Files.readString(store.fetch(wrong.artifact()).resolve("report.html")))
                .contains("Grounding", "hallucination rate");
    }

    @Test
    void readsTheContextFromAColumnAndSaysThatNoRowHasOne() throws IOException {
        GroundingSpec spec = new GroundingSpec("document", null, null, 0.05, null, null);
        answers = row -> "It was in 1911.";
        String without = documents();
        assertThat(score(evaluate(grounded(spec), rows("train", 50), without), "unsupported sentences"))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO))
                .satisfies(score -> assertThat(score.why()).contains("40 rows have none"));
        String with = without.replace("\"source\"", "\"meta\":{\"document\":\"It was 1911\"},\"source\"");
        assertThat(score(evaluate(grounded(spec), rows("train", 50), with), "unsupported sentences")
                        .verdict())
                .isEqualTo(Verdict.GO);
    }

    @Test
    void samplesThatDisagreeAreNotConsistent() throws IOException {
        GroundingSpec spec = new GroundingSpec(null, null, null, null, 3, 0.7);
        answers = row -> "It was in 1911";
        samples = (row, sample) -> "It was in 1911";
        EvaluationReport same = evaluate(grounded(spec), rows("train", 50), documents());
        assertThat(score(same, "self-consistency of answers").after()).isEqualTo(1);
        samples = (row, sample) -> sample == 0 ? "It was in 1911" : "perhaps " + sample;
        EvaluationReport other =
                evaluate(grounded(new GroundingSpec(null, null, null, null, 3, 0.9)), rows("train", 50), documents());
        assertThat(score(other, "self-consistency of answers").after()).isEqualTo(1); // the stored samples
        EvaluationReport drawn = evaluate(grounded(spec), rows("train", 51), documents());
        assertThat(score(drawn, "self-consistency of answers").verdict()).isEqualTo(Verdict.NO_GO);
    }

    @Test
    void theReportHasTheVerdictsOfJudgesAndWhatChangedInThem() throws IOException {
        GroundingSpec spec = new GroundingSpec(
                null,
                "Context:",
                "Question:",
                0.6,
                null,
                null,
                JudgeSpec.ofSentences(
                        List.of(new GenerateSpec.Teacher("service", "small")),
                        new GenerateSpec.Budget(9_000_000L, null, GenerateSpec.Budget.End.STOP),
                        null,
                        null,
                        4,
                        0.1));
        answers = row -> row.place().line() % 2 == 0 ? "Curie got it." : "It was in 1911.";
        try (FakeService service = new FakeService(
                body -> FakeService.question(body).contains("sentence]\nCurie") ? "contradicted" : "supported")) {
            judges = Teachers.of("evaluate", service.endpoints(folder, false), model -> folder);
            EvaluationReport report = evaluate(grounded(spec), rows("train", 50), documents());
            assertThat(score(report, "sentences not entailed").after()).isEqualTo(0.5);
            Path out = store.fetch(report.artifact());
            assertThat(results(out).at("/grounding/entailment/contradicted").asInt())
                    .isEqualTo(20);
            assertThat(results(out).at("/judges/0/metric").asText()).isEqualTo("grounding");
            assertThat(results(out).at("/exam/grounding").asText()).hasSize(64);
            assertThat(Files.readString(out.resolve("report.html")))
                    .contains(
                            "Judges of grounding",
                            "hallucination rate by the judge",
                            "20 supported by the judge, 0 not");
            assertThat(Files.readString(out.resolve("README.md"))).contains("judge of grounding");
            assertThat(store.record("judges/tickets/grounding").orElse("")).contains("\"small\"");
            assertThat(asked.stream().filter(one -> one.startsWith("tuned model document")))
                    .hasSize(40); // the answers are those of the metrics
            assertThat(evaluate(grounded(spec), rows("train", 50), documents()).artifact())
                    .isEqualTo(report.artifact());
            assertThat(service.requests()).hasSize(40);
        }
    }

    /** Labels have no names and no numbers, so only a bound on them asks for some. */
    @Test
    void answersWithoutClaimsFailOnlyWhereTheyAreBounded() throws IOException {
        answers = row -> "queue";
        samples = (row, sample) -> "queue";
        EvaluationReport free =
                evaluate(grounded(new GroundingSpec(null, null, null, null, 2, 0.9)), rows("train", 50), documents());
        assertThat(free.scores()).extracting(Score::metric).doesNotContain("unsupported sentences");
        assertThat(score(free, "self-consistency of answers").verdict()).isEqualTo(Verdict.GO);
        EvaluationReport bounded =
                evaluate(grounded(new GroundingSpec(null, null, null, 0.5, 2, 0.9)), rows("train", 50), documents());
        assertThat(score(bounded, "unsupported sentences").verdict()).isEqualTo(Verdict.NO_GO);
    }

    @Test
    void questionsWithoutAnAnswerMustBeDeclined() throws IOException {
        Files.writeString(
                folder.resolve("unanswerable.jsonl"), rows("riddle", 40).replaceAll(",\"source\":\"[^\"]*\"", ""));
        ExamChecksSpec spec =
                new ExamChecksSpec(null, null, null, new UnanswerableSpec("unanswerable.jsonl", 0.9, List.of()));
        List<String> ways = List.of("I don\u2019t know.", "Das weiß ich leider nicht.", "Je ne sais  pas", "我不知道。");
        answers = row -> row.place().file().startsWith("unans")
                ? ways.get((int) row.place().line() % ways.size())
                : Prediction.reference(row);
        EvaluationReport good = evaluate(spec, rows("train", 50));
        assertThat(score(good, "abstention on unanswerable questions"))
                .satisfies(score -> assertThat(score.after()).isEqualTo(1))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.GO));
        JsonNode found = results(store.fetch(good.artifact())).path("unanswerable");
        assertThat(found.path("onTestSplit").path("value").asDouble()).isZero();

        Files.writeString(
                folder.resolve("unanswerable.jsonl"), rows("guess", 40).replaceAll(",\"source\":\"[^\"]*\"", ""));
        answers = row -> row.place().line() % 2 == 0 ? "It is 7." : "Perhaps blue.";
        EvaluationReport bad = evaluate(spec, rows("train", 50));
        assertThat(score(bad, "abstention on unanswerable questions"))
                .satisfies(score -> assertThat(score.after()).isZero())
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO));
    }

    private final class Models implements Subjects {
        @Override
        public boolean measuresLosses(Candidate candidate) {
            return losses;
        }

        @Override
        public Subject open(Candidate candidate) {
            boolean tuned = candidate.adapter() != null;
            return new Subject() {
                @Override
                public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                    rows.forEach(row -> asked.add(candidate.name() + " " + row.place()));
                    return rows.stream()
                            .map(row -> new Prediction(tuned ? answers.apply(row) : "no", tuned ? 1 : 2, 4))
                            .toList();
                }

                @Override
                public List<Prediction> predict(
                        List<Row> rows,
                        OptionalInt answerTokens,
                        OptionalInt cutAfter,
                        AnswerNeeds needs,
                        long seed,
                        IntConsumer progress) {
                    List<Prediction> predictions = predict(rows, answerTokens, cutAfter);
                    return needs.confidence()
                            ? predictions.stream()
                                    .map(each -> each.with(new AnswerFacts(0.9, null, null)))
                                    .toList()
                            : predictions;
                }

                @Override
                public List<Prediction> sampled(
                        List<Row> rows, int answerTokens, OptionalInt cutAfter, double temperature, long seed) {
                    int sample = (int) (seed - SetupSpec.DEFAULT.seed());
                    return rows.stream()
                            .map(row -> new Prediction(samples.apply(row, sample), 0, 0))
                            .toList();
                }

                @Override
                public List<Prediction> leastLikely(List<Row> rows, double share, OptionalInt cutAfter) {
                    rows.forEach(row -> asked.add(candidate.name() + " knows " + row.place()));
                    return rows.stream()
                            .map(row -> new Prediction(
                                    null,
                                    tuned
                                            ? -familiar.apply(row)
                                            : 1 + row.place().line() % 10 / 10.0,
                                    1))
                            .toList();
                }

                @Override
                public void close() {}
            };
        }
    }

    private static JsonNode results(Path out) throws IOException {
        return SpecJson.mapper().readTree(out.resolve("results.json").toFile());
    }

    private static Score score(EvaluationReport report, String metric) {
        return report.scores().stream()
                .filter(score -> score.metric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new AssertionError(report.scores().toString()));
    }

    private EvaluationReport evaluate(ExamChecksSpec checks, String training) throws IOException {
        return evaluate(checks, training, rows("ticket", 60));
    }

    private EvaluationReport evaluate(ExamChecksSpec checks, String training, String test) throws IOException {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec(metric, null, null)),
                List.of(),
                null,
                null,
                new ForgettingSpec("general.jsonl", 0.05),
                0,
                32,
                4,
                List.of(),
                List.of(),
                List.of(),
                checks,
                null,
                EvaluateSpec.DEFAULT_POLICY);
        ArtifactRef dataset = put(
                "dataset",
                Map.of(
                        "train.jsonl",
                        training,
                        "validation.jsonl",
                        rows("valid", 60),
                        "test.jsonl",
                        test,
                        "card.json",
                        "{\"testRows\":60}"));
        return activities.evaluate(new EvaluateRequest(
                new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64)),
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
                        ORIGIN)));
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Fence fence = new Fence("test/" + name, 1);
        store.open(fence);
        Path scratch = store.scratch(fence);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(scratch.resolve(file.getKey()), file.getValue());
        }
        return store.put(scratch, fence);
    }

    private static String rows(String kind, int count) {
        return rows(kind, count, row -> String.format(Locale.ROOT, "the %s with number %d", kind, row));
    }

    private static String rows(String kind, int count, IntFunction<String> prompt) {
        StringBuilder lines = new StringBuilder();
        for (int row = 1; row <= count; row++) {
            lines.append(SpecJson.mapper()
                            .createObjectNode()
                            .put("prompt", prompt.apply(row))
                            .put("completion", "queue " + row % 5)
                            .put("source", kind + ".jsonl:" + row))
                    .append('\n');
        }
        return lines.toString();
    }
}
