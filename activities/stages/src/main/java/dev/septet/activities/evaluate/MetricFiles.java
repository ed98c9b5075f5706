package dev.septet.activities.evaluate;

import dev.septet.activities.answer.SchemaFile;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.judge.JudgeFiles;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.votes.VoteFiles;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that metrics, their slices and the judges of grounding read: JSON schemas, files of judges, votes of people, and
 * error clusters.
 */
public final class MetricFiles {
    private MetricFiles() {}

    /**
     * The same evaluation with the contents of the files in its metrics.
     *
     * @throws StageProblem INVALID_PIPELINE naming the file that cannot be used, and its keyword
     */
    public static EvaluateSpec read(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        List<TestSetSpec> sets = new ArrayList<>();
        for (TestSetSpec set : spec.tests()) {
            sets.add(set.with(read(files, run, set.metrics())));
        }
        EvaluateSpec whole = spec.with(read(files, run, spec.metrics()), sets);
        GroundingSpec grounding = spec.checksOrNone().grounding();
        JudgeSpec judge = grounding == null ? null : grounding.judge();
        return grounding == null || judge == null
                ? whole
                : whole.with(spec.checksOrNone().with(grounding.with(JudgeFiles.read(files, run, "grounding", judge))));
    }

    private static List<MetricSpec> read(PipelineFiles files, RunRef run, List<MetricSpec> named) throws IOException {
        List<MetricSpec> metrics = new ArrayList<>();
        for (MetricSpec metric : named) {
            MetricArguments arguments = metric.arguments();
            String schema = arguments == null ? null : arguments.schema();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            VotesSpec votes = arguments == null ? null : arguments.votes();
            if (judge != null) {
                metrics.add(metric.with(
                        MetricArguments.judge(JudgeFiles.read(files, run, "metric " + metric.name(), judge))));
                continue;
            } else if (votes != null) {
                metrics.add(metric.with(MetricArguments.votes(VoteFiles.read(files, run, votes))));
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
        return metrics;
    }

    /** Digest of the files, for keys; null where no metric, no slice and no judge names one. */
    public static @Nullable String digest(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        return contents(files, run, spec).digest();
    }

    /**
     * Reads each file once, so that the digest is that of the contents, even if a file changes meanwhile.
     *
     * @throws StageProblem INVALID_PIPELINE naming the file that cannot be used, and its keyword
     */
    public static Contents contents(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        EvaluateSpec whole = read(files, run, spec);
        ClusterFiles clusters = ClusterFiles.read(files, run, spec);
        return new Contents(whole, clusters, digest(files, run, whole, clusters));
    }

    /**
     * The contents of the files.
     *
     * @param spec the evaluation with the contents of the files in its metrics
     * @param clusters the error clusters of its slices
     * @param digest of all of them, for keys; null where there is no file
     */
    public record Contents(
            EvaluateSpec spec,
            ClusterFiles clusters,
            @Nullable String digest) {}

    private static @Nullable String digest(PipelineFiles files, RunRef run, EvaluateSpec spec, ClusterFiles clusters)
            throws IOException {
        StringBuilder digests = new StringBuilder();
        List<MetricSpec> named = new ArrayList<>(spec.metrics());
        spec.tests().forEach(set -> named.addAll(set.metrics()));
        for (MetricSpec metric : named) {
            MetricArguments arguments = metric.arguments();
            String schema = arguments == null ? null : arguments.schemaText();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            VotesSpec votes = arguments == null ? null : arguments.votes();
            if (judge != null) {
                digests.append(JudgeFiles.digest(files, run, judge)).append('\n');
            }
            if (votes != null) {
                digests.append(VoteFiles.digest(votes)).append('\n');
            }
            if (schema != null) {
                digests.append(Sha256.of(schema.getBytes(StandardCharsets.UTF_8)))
                        .append('\n');
            }
        }
        GroundingSpec grounding = spec.checksOrNone().grounding();
        if (grounding != null && grounding.judge() != null) {
            digests.append(JudgeFiles.digest(files, run, grounding.judge())).append('\n');
        }
        digests.append(clusters.digests());
        return digests.isEmpty() ? null : Sha256.of(digests.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(PipelineFiles files, RunRef run, String name) throws IOException {
        return SchemaFile.text(files.read(run, name), "evaluate", name);
    }
}
