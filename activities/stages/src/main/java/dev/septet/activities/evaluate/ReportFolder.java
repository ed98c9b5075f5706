package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.cluster.ErrorClusterFindings;
import dev.septet.activities.evaluate.judge.JudgeTables;
import dev.septet.activities.evaluate.report.DataCard;
import dev.septet.activities.evaluate.report.DataPage;
import dev.septet.activities.evaluate.report.ExamSections;
import dev.septet.activities.evaluate.report.HyperParameters;
import dev.septet.activities.evaluate.report.LossCurve;
import dev.septet.activities.evaluate.report.ModelCardPage;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.dsl.pipeline.CardSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the results of an evaluation: {@code results.json}, {@code predictions.jsonl}, {@code
 * report.html}, {@code data.html}, and the model card {@code README.md}. With safety checks, also {@code
 * safety.jsonl}; with {@code errorClusters}, also {@code error-clusters.json} and {@code data-request.json}.
 *
 * @param dataset folder of the prepared dataset
 * @param tokenizer folder with the tokenizer of the base model
 * @param ledger file with the metrics of the training steps
 * @param licence licence of the base model
 * @param lineage digests of all inputs, without the run
 * @param training the training's settings; null in requests of earlier versions
 * @param texts texts of the pipeline file for the model card; null without any
 * @param search the trials of the search; empty without one
 */
record ReportFolder(
        String pipeline,
        String run,
        Path dataset,
        Path tokenizer,
        Path ledger,
        String licence,
        String baseModel,
        List<SummaryLine> lineage,
        SetupSpec setup,
        @Nullable TrainSpec training,
        @Nullable CardSpec texts,
        List<ReportPage.FactTable> search) {
    /** Readable names of the engine's programs, see {@code TrainingProgram}. */
    private static final Map<String, String> GRADIENTS = Map.of(
            "autograd", "libtorch's autograd",
            "lora", "the engine's own backward pass",
            "weights", "the engine's own backward pass");

    ReportFolder {
        lineage = List.copyOf(lineage);
        search = List.copyOf(search);
    }

    void write(Path folder, Evaluation evaluation, EvaluationFindings findings) throws IOException {
        EvaluationRows test = evaluation.test();
        int max = evaluation.spec().samples();
        DataCard card = DataCard.read(dataset.resolve("card.json"));
        boolean adapter = evaluation.tuned().adapter() != null;
        JudgeTables judges = new JudgeTables(findings.judges());
        ExamSections exam = ExamSummary.of(evaluation, findings);
        LossCurve steps = LossCurve.read(ledger).withChecks(ledger, adapter);
        findings.sets().get(0).write(folder.resolve("predictions.jsonl"), test);
        for (int at = 0; at < evaluation.sets().size(); at++) {
            TestSet set = evaluation.sets().get(at);
            findings.sets().get(at + 1).write(folder.resolve("predictions-%s.jsonl".formatted(set.name())), set.rows());
        }
        SafetyFindings safety = findings.safety();
        if (safety != null) {
            safety.write(folder.resolve("safety.jsonl"));
        }
        ErrorClusterFindings clusters = findings.checks().clusters();
        if (clusters != null) {
            clusters.write(folder);
        }
        BenchmarkRuns.Findings.write(folder.resolve("benchmarks.jsonl"), findings.benchmarks());
        Files.writeString(
                folder.resolve("results.json"),
                ResultsJson.of(evaluation, findings, lineage, steps.checks().warnings()));
        Files.writeString(
                folder.resolve("report.html"),
                new ReportPage(
                                pipeline,
                                findings.verdict(),
                                findings.scores(),
                                steps,
                                Samples.spread(test, findings, max),
                                Samples.misses(test, findings, max),
                                card.data(),
                                card.privacy(),
                                forgetting(evaluation),
                                exam,
                                safety == null ? List.of() : safety.lines(),
                                withRun(),
                                Stream.of(AnswerTables.of(evaluation, findings).pages(), judges.pages(), search)
                                        .flatMap(List::stream)
                                        .toList())
                        .html());
        Files.writeString(
                folder.resolve(DataPage.FILE),
                DataPage.of(pipeline, dataset, tokenizer).html());
        Files.writeString(
                folder.resolve("README.md"),
                new ModelCardPage(
                                pipeline,
                                licence,
                                baseModel,
                                adapter,
                                evaluation.tuned().hosted() != null,
                                "%s-%s".formatted(pipeline, test.digest().substring(0, 12)),
                                card.languages(),
                                findings.verdict(),
                                findings.scores(),
                                exam.slices(),
                                training(steps, evaluation.tuned()),
                                card.data(),
                                Stream.concat(lineage.stream(), judges.facts().stream())
                                        .toList(),
                                new ModelCardPage.Terms(
                                        texts,
                                        training == null ? List.of() : HyperParameters.of(training, setup, null),
                                        card.licences(),
                                        test.rows().size()))
                        .markdown());
    }

    private List<SummaryLine> withRun() {
        List<SummaryLine> facts = new ArrayList<>(lineage);
        facts.add(new SummaryLine("run", run));
        return facts;
    }

    /** Another program or precision gives other bits, so the card names both. */
    private static List<SummaryLine> training(LossCurve steps, Candidate tuned) {
        List<SummaryLine> facts = new ArrayList<>();
        if (!steps.loss().isEmpty()) {
            facts.add(new SummaryLine("steps", Integer.toString(steps.loss().size())));
        }
        for (String program : steps.programs()) {
            facts.add(new SummaryLine("gradients by", GRADIENTS.getOrDefault(program, program)));
        }
        facts.add(new SummaryLine("precision", precision(tuned)));
        steps.checks().warnings().forEach(warning -> facts.add(new SummaryLine("warning", warning.line())));
        return facts;
    }

    private static String precision(Candidate tuned) {
        if (tuned.hosted() != null) {
            return "unknown, the endpoint decides";
        }
        String word = tuned.precision().name().toLowerCase(Locale.ROOT);
        String here = tuned.computed().name().toLowerCase(Locale.ROOT);
        return here.equals(word) ? word : here + " (the file says " + word + ")";
    }

    private static List<SummaryLine> forgetting(Evaluation evaluation) {
        ForgettingSpec spec = evaluation.spec().forgetting();
        EvaluationRows suite = evaluation.suite();
        return spec == null || suite == null
                ? List.of()
                : List.of(
                        new SummaryLine("suite", spec.suite()),
                        new SummaryLine("rows", Integer.toString(suite.rows().size())),
                        new SummaryLine("sha256", suite.digest()),
                        new SummaryLine(
                                "budget", String.format(Locale.ROOT, "%.1f %% more loss", 100 * spec.maxDrop())));
    }
}
