package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.judge.JudgeTables;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.activities.evaluate.votes.BlindPair;
import dev.septet.activities.evaluate.votes.PairSample;
import dev.septet.activities.evaluate.votes.Vote;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People's votes on the answers of two small models, as a metric of the gate. */
class VotedEvaluationTest {
    private static final Path TUNED = Path.of("../../examples/quickstart/base-model");
    private static final String ANNA = "a".repeat(16);
    private static final String BEN = "b".repeat(16);
    private static final int ROWS = 40;

    @TempDir
    private Path folder = Path.of("");

    private int attempts;
    private PipelineFiles files = new PipelineFiles(new ActivitySettings(Path.of(""), List.of(), List.of()));
    private RunRef run = new RunRef("", "", "", "");

    @BeforeEach
    void open() {
        files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        run = new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64));
    }

    @Test
    void withoutVotesTheModelDoesNotPass() throws IOException {
        EvaluationFindings findings = evaluate(spec(0.1));
        assertThat(findings.verdict()).isEqualTo(dev.septet.workflows.artifact.Verdict.NO_GO);
        assertThat(findings.scores().get(0).why()).contains("humanWinRate is missing");
        assertThat(votes(findings)).isEqualTo(new JudgeReport.Votes(0, 0, 0, ROWS));
    }

    @Test
    void votesOnTheseAnswersDecideAndVotesOnOthersDoNotCount() throws IOException {
        EvaluationFindings first = evaluate(spec(0.5));
        List<AnswerPair> pairs = pairs(first);
        assertThat(pairs.stream().filter(AnswerPair::equal)).hasSizeLessThan(10);
        try (VoteWriter writer = VoteWriter.open(folder.resolve("votes.jsonl"))) {
            writer.append(PairSample.of("", "baseline", 1, ids(pairs), ROWS));
            for (int row = 0; row < ROWS; row++) {
                writer.append(vote(ANNA, pairs.get(row), row % 2 == 0, true));
                writer.append(vote(BEN, pairs.get(row), row % 3 == 0, row % 10 != 0));
                AnswerPair other = new AnswerPair(pairs.get(row).prompt(), "of another model", "x");
                writer.append(vote(BEN, other, true, false));
            }
        }
        EvaluationFindings findings = evaluate(spec(0.5));
        Score score = findings.scores().get(0);
        assertThat(score.verdict()).isEqualTo(dev.septet.workflows.artifact.Verdict.GO);
        assertThat(score.after()).isBetween(0.85, 0.99);
        assertThat(score.rows()).isEqualTo(ROWS);
        assertThat(votes(findings).others()).isEqualTo(ROWS);
        JudgeReport report = findings.judges().get(0);
        assertThat(report.judges())
                .extracting(JudgeReport.OfJudge::by)
                .containsExactly("reviewer " + ANNA, "reviewer " + BEN);
        assertThat(Objects.requireNonNull(report.agreement()).equal()).isBetween(0.8, 0.95);
        assertThat(Objects.requireNonNull(report.pairs()).first()).isBetween(0.2, 0.7);
        List<SummaryLine> facts =
                new JudgeTables(findings.judges()).pages().get(0).facts();
        assertThat(facts)
                .anyMatch(fact -> fact.name().equals("votes") && fact.value().contains("on others"));
        assertThat(facts).noneMatch(fact -> fact.name().equals("used"));
        assertThat(new JudgeTables(findings.judges()).facts())
                .as("a published card names no reviewer")
                .noneMatch(fact -> fact.value().contains(ANNA));
        assertThat(ResultsJson.of(evaluation(spec(0.5)), findings, List.of(), List.of()))
                .isEqualTo(ResultsJson.of(evaluation(spec(0.5)), evaluate(spec(0.5)), List.of(), List.of()));
        Path predictions = folder.resolve("predictions.jsonl");
        findings.sets().get(0).write(predictions, evaluation(spec(0.5)).test());
        assertThat(SpecJson.mapper()
                        .readTree(Files.readAllLines(predictions).get(0))
                        .path("before")
                        .path("answer")
                        .asText())
                .as("the other answers are there for the next review, although nothing else compares")
                .isEqualTo(pairs.get(0).other());
    }

    @Test
    void aSampleIsMeasuredAsOneAndItsMissingVotesAreCounted() throws IOException {
        List<AnswerPair> pairs = pairs(evaluate(spec(0.5)));
        PairSample sample = PairSample.of("", "baseline", 7, ids(pairs), 20);
        List<String> drawn = sample.of(ids(pairs));
        Path file = folder.resolve("votes.jsonl");
        try (VoteWriter writer = VoteWriter.open(file)) {
            writer.append(sample);
            for (AnswerPair pair : pairs) {
                int place = drawn.indexOf(pair.blind().id());
                if (place >= 4) {
                    writer.append(vote(ANNA, pair, place % 2 == 0, true));
                }
            }
        }
        Score score = evaluate(spec(0.5)).scores().get(0);
        assertThat(score.verdict()).isEqualTo(dev.septet.workflows.artifact.Verdict.INCONCLUSIVE);
        assertThat(score.why()).containsPattern("[34] of 20 rows are not measured");
        try (VoteWriter writer = VoteWriter.open(file)) {
            for (AnswerPair pair : pairs) {
                if (drawn.contains(pair.blind().id())) {
                    writer.append(vote(BEN, pair, true, true));
                }
            }
        }
        EvaluationFindings whole = evaluate(spec(0.5));
        assertThat(whole.scores().get(0).verdict()).isEqualTo(dev.septet.workflows.artifact.Verdict.GO);
        assertThat(whole.scores().get(0).rows()).isEqualTo(20);
        assertThat(whole.sets().get(0).slices().get(0).rows()).isEqualTo(20);
    }

    @Test
    void refusesAChangedFileAndReadsANewOneAgain() throws IOException {
        String none = Objects.requireNonNull(MetricFiles.digest(files, run, spec(0.5)));
        Path file = folder.resolve("votes.jsonl");
        try (VoteWriter writer = VoteWriter.open(file)) {
            writer.append(vote(ANNA, new AnswerPair("p", "a", "b"), true, true));
        }
        assertThat(MetricFiles.digest(files, run, spec(0.5))).isNotEqualTo(none);
        Files.writeString(file, Files.readString(file).replace("first", "tie  "));
        assertThatThrownBy(() -> evaluate(spec(0.5)))
                .hasMessageContaining("`metric humanWinRate`: votes 'votes.jsonl': line 1 is not what");
    }

    /** A file of votes may have 32 MiB, and the next review makes another one of it. */
    @Test
    void resultsHaveNoCopyOfTheVotes() throws IOException {
        String before = recorded();
        try (VoteWriter writer = VoteWriter.open(folder.resolve("votes.jsonl"))) {
            writer.append(vote(ANNA, new AnswerPair("p", "a", "b"), true, true));
        }
        assertThat(recorded()).isEqualTo(before).contains("\"digest\"").doesNotContain("votes");
    }

    private String recorded() throws IOException {
        EvaluateSpec spec = spec(0.5);
        return SpecJson.mapper()
                .readTree(ResultsJson.of(evaluation(spec), evaluate(spec), List.of(), List.of()))
                .path("exam")
                .toString();
    }

    private static Vote vote(String reviewer, AnswerPair pair, boolean tunedFirst, boolean prefersTuned) {
        return new Vote(
                reviewer,
                Sha256.of(pair.prompt()),
                Sha256.of(tunedFirst ? pair.answer() : pair.other()),
                Sha256.of(tunedFirst ? pair.other() : pair.answer()),
                tunedFirst == prefersTuned ? Verdict.FIRST : Verdict.SECOND,
                "2026-03-01T12:00:00Z");
    }

    private static List<String> ids(List<AnswerPair> pairs) {
        return pairs.stream().map(AnswerPair::blind).map(BlindPair::id).toList();
    }

    private static JudgeReport.Votes votes(EvaluationFindings findings) {
        return Objects.requireNonNull(findings.judges().get(0).votes());
    }

    private List<AnswerPair> pairs(EvaluationFindings findings) throws IOException {
        JudgedAnswers answers = findings.sets().get(0).answers();
        List<Prediction> base = Objects.requireNonNull(answers.before());
        List<AnswerPair> pairs = new ArrayList<>();
        List<Row> rows = evaluation(spec(0.5)).test().rows();
        for (int row = 0; row < rows.size(); row++) {
            pairs.add(new AnswerPair(
                    rows.get(row).promptText(),
                    Objects.requireNonNull(answers.after().get(row).answer()),
                    Objects.requireNonNull(base.get(row).answer())));
        }
        return pairs;
    }

    private static EvaluateSpec spec(double above) {
        VotesSpec votes = new VotesSpec("votes.jsonl", JudgeSpec.Against.BASELINE, 0.1, null);
        return new EvaluateSpec(
                List.of(new MetricSpec("humanWinRate", above, null, null, MetricArguments.votes(votes))),
                List.of(),
                null,
                null,
                null,
                0,
                6,
                0,
                List.of(new SliceSpec("topic", null, null, null, null)),
                List.of(),
                List.of(),
                null,
                null,
                EvaluateSpec.DEFAULT_POLICY);
    }

    private Evaluation evaluation(EvaluateSpec spec) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int row = 1; row <= ROWS; row++) {
            rows.add(new CompletionRow(
                    String.format(Locale.ROOT, "Ticket %d of %d: ", row, 7 * row), "x", new RowPlace("t.jsonl", row)));
        }
        return new Evaluation(
                MetricFiles.read(files, run, spec),
                1,
                new Candidate("base model", TinyPipeline.baseModel(), "b".repeat(64), null, null, Precision.FLOAT32),
                new Candidate("tuned model", TUNED, "c".repeat(64), null, null, Precision.FLOAT32),
                new EvaluationRows(
                        rows,
                        "d".repeat(64),
                        OptionalInt.of(6),
                        OptionalInt.empty(),
                        Collections.nCopies(ROWS, new RowMeta(Map.of("topic", TextNode.valueOf("parcels")))),
                        AnswerNeeds.NONE,
                        0),
                null,
                null,
                List.of());
    }

    private EvaluationFindings evaluate(EvaluateSpec spec) throws IOException {
        Evaluation evaluation = evaluation(spec);
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/evaluate", ++attempts);
        store.open(fence);
        try {
            return evaluation.run(new Predictions(store, fence, new EngineSubjects()), (doing, done, total) -> {});
        } finally {
            store.release(fence);
        }
    }
}
