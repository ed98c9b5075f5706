package dev.septet.activities.evaluate.form;

import dev.septet.activities.evaluate.BenchmarkRuns;
import dev.septet.activities.evaluate.MetricFiles;
import dev.septet.activities.evaluate.RowSource;
import dev.septet.activities.evaluate.TestSetFile;
import dev.septet.activities.evaluate.safety.Jailbreaks;
import dev.septet.activities.evaluate.safety.SafetyPrompts;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the exam asks each form, for estimates.
 *
 * @param rows rows of the test split and of the named sets
 * @param parts further rows, by the word of the part; of {@code fairness} and {@code judges} the most
 */
public record FormExamSize(long rows, SortedMap<String, Long> parts) {
    public FormExamSize {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    /**
     * Counts the rows.
     *
     * @param testRows rows of the test split
     */
    public static FormExamSize of(PipelineFiles files, RunRef run, EvaluateSpec written, long testRows)
            throws IOException {
        EvaluateSpec spec = MetricFiles.read(files, run, FormExamSpec.examined(written));
        long test = spec.limit() == 0 ? testRows : Math.min(spec.limit(), testRows);
        long rows = test;
        long verdicts = verdicts(spec, test);
        for (TestSetFile file : TestSetFile.of(files, run, spec)) {
            long more = file.read(spec, 0).rows().rows().size();
            rows += more;
            verdicts += verdicts(spec.of(file.spec()), more);
        }
        SortedMap<String, Long> parts = new TreeMap<>();
        add(parts, FormExamPart.JUDGES, verdicts);
        ForgettingSpec forgetting = spec.forgetting();
        if (forgetting != null) {
            add(
                    parts,
                    FormExamPart.FORGETTING,
                    RowSource.count(files.read(run, forgetting.suite()), forgetting.suite()));
        }
        add(
                parts,
                FormExamPart.BENCHMARK,
                BenchmarkRuns.read(files, run, spec).stream()
                        .mapToLong(benchmark -> benchmark.rows().size())
                        .sum());
        ExamChecksSpec checks = spec.checksOrNone();
        add(parts, FormExamPart.FAIRNESS, checks.fairness() == null ? 0 : 2 * test);
        GroundingSpec grounding = checks.grounding();
        Integer samples = grounding == null ? null : grounding.samples();
        add(parts, FormExamPart.GROUNDING, samples == null ? 0 : samples * test);
        UnanswerableSpec unanswerable = checks.unanswerable();
        if (unanswerable != null) {
            add(
                    parts,
                    FormExamPart.UNANSWERABLE,
                    RowSource.count(files.read(run, unanswerable.path()), unanswerable.path()));
        }
        SafetySpec safety = spec.safety();
        if (safety != null) {
            String prompts = safety.prompts();
            add(
                    parts,
                    FormExamPart.SAFETY,
                    (prompts == null
                                    ? 0
                                    : SafetyPrompts.read(files.read(run, prompts), prompts)
                                            .size())
                            + (long) safety.jailbreaks().size()
                                    * Jailbreaks.prompts().size());
        }
        return new FormExamSize(rows, parts);
    }

    /** Rows that a form reads: all but the verdicts, which other models give. */
    public long read() {
        return rows
                + parts.entrySet().stream()
                        .filter(part -> !part.getKey().equals(FormExamPart.JUDGES.word()))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }

    private static void add(SortedMap<String, Long> parts, FormExamPart part, long rows) {
        if (rows > 0) {
            parts.put(part.word(), rows);
        }
    }

    /** The most verdicts on the answers to these rows; answers that are equal to the unquantized model's need none. */
    private static long verdicts(EvaluateSpec set, long rows) {
        long all = 0;
        for (MetricSpec metric : set.metrics()) {
            MetricArguments arguments = metric.arguments();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            if (judge != null) {
                all += rows * judge.by().size() * (judge.against() == null ? 1 : 2);
            }
        }
        return all;
    }
}
