package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.judge.JudgeFiles;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files that metrics read: JSON schemas, and the files of judges. */
public final class MetricFiles {
    private static final long LARGEST = 1L << 20;

    private MetricFiles() {}

    /**
     * The same evaluation with the contents of the files in its metrics.
     *
     * @throws StageProblem INVALID_PIPELINE naming the file that cannot be used, and its keyword
     */
    static EvaluateSpec read(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        List<MetricSpec> metrics = new ArrayList<>();
        for (MetricSpec metric : spec.metrics()) {
            MetricArguments arguments = metric.arguments();
            String schema = arguments == null ? null : arguments.schema();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            if (judge != null) {
                metrics.add(metric.with(MetricArguments.judge(JudgeFiles.read(files, run, metric.name(), judge))));
                continue;
            } else if (arguments == null || schema == null) {
                metrics.add(metric);
                continue;
            }
            MetricSpec whole = metric.with(arguments.withSchemaText(text(files, run, schema)));
            try {
                Metrics.of(whole);
            } catch (IllegalArgumentException e) {
                throw StageProblem.invalid("evaluate: `metric %s`: schema '%s': %s; correct the schema"
                        .formatted(metric.name(), schema, e.getMessage()));
            }
            metrics.add(whole);
        }
        return spec.with(metrics);
    }

    /** Digest of the files, for keys; null where no metric names one. */
    public static @Nullable String digest(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        StringBuilder digests = new StringBuilder();
        for (MetricSpec metric : spec.metrics()) {
            MetricArguments arguments = metric.arguments();
            String schema = arguments == null ? null : arguments.schema();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            if (judge != null) {
                digests.append(JudgeFiles.digest(files, run, judge)).append('\n');
            }
            if (schema != null) {
                digests.append(Sha256.of(text(files, run, schema).getBytes(StandardCharsets.UTF_8)))
                        .append('\n');
            }
        }
        return digests.isEmpty() ? null : Sha256.of(digests.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(PipelineFiles files, RunRef run, String name) throws IOException {
        Path file = files.read(run, name);
        if (Files.size(file) > LARGEST) {
            throw StageProblem.invalid(
                    "evaluate: schema '%s' is larger than 1 MiB; use a smaller schema".formatted(name));
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw StageProblem.invalid("evaluate: schema '%s' is not UTF-8 text; save it as UTF-8".formatted(name));
        }
    }
}
