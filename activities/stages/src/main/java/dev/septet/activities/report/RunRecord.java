package dev.septet.activities.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.summary.RunFacts;
import dev.septet.workflows.summary.RunPageRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code run.json}: what a later run is compared with, and what programs read. It has no ticket, no seal and no
 * text of a row.
 *
 * @param specDigest sha256 of the pipeline's spec
 * @param startedBy who started the run, as the Temporal server knows it; null when it does not
 * @param cost null in files of earlier versions
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRecord(
        String pipeline,
        String runId,
        String specDigest,
        PipelineSpec spec,
        RunFacts facts,
        @Nullable String startedBy,
        @Nullable Verdict verdict,
        List<Score> scores,
        @Nullable DatasetRef dataset,
        @Nullable ModelRef model,
        @Nullable SetupReport setup,
        @Nullable String published,
        @Nullable RunCost cost) {
    private static final String NO_MESSAGE = "the message is in the history of the run";

    /** Name of the file. */
    public static final String FILE = "run.json";

    public RunRecord {
        scores = scores == null ? List.of() : List.copyOf(scores); // lenient reader
    }

    /** The record of a failed run without the failure's message, which may quote data. */
    RunRecord withoutMessage() {
        return new RunRecord(
                pipeline,
                runId,
                specDigest,
                spec,
                facts.withFailure(NO_MESSAGE),
                startedBy,
                verdict,
                scores,
                dataset,
                model,
                setup,
                published,
                cost);
    }

    static RunRecord of(RunPageRequest request, @Nullable String startedBy, RunCost cost) {
        var results = request.results();
        var evaluation = results.evaluation();
        var deployment = results.deployment();
        return new RunRecord(
                request.run().pipeline(),
                request.run().runId(),
                request.run().specDigest(),
                request.spec(),
                request.facts(),
                startedBy,
                evaluation == null ? null : evaluation.verdict(),
                evaluation == null ? List.of() : evaluation.scores(),
                results.dataset(),
                results.model(),
                results.setup(),
                deployment == null ? null : deployment.artifact().sha256(),
                cost);
    }
}
