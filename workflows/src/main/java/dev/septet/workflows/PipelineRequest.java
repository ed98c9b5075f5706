package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.retrain.Retraining;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The input of the {@code Pipeline} workflow, the same JSON from CLI, Web UI and schedules.
 *
 * @param pipeline name in the catalogue
 * @param params values for the file's {@code param(...)} declarations
 * @param source text of a pipeline file, instead of a catalogue name
 * @param folder folder against which the source's paths resolve; must be one that the worker serves. Null = the
 *     catalogue's first
 * @param resume the run to resume, null = every stage decides by itself what it reuses
 * @param retraining the reason and the data of a retraining; null for any other run
 * @param failOverQuota whether the run fails instead of waiting when its team used up a quota; null = it waits
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineRequest(
        @Nullable String pipeline,
        Map<String, Object> params,
        @Nullable String source,
        @Nullable String folder,
        @Nullable Resume resume,
        @Nullable Retraining retraining,
        @Nullable Boolean failOverQuota) {
    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public PipelineRequest {
        params = params == null ? Map.of() : java.util.Collections.unmodifiableMap(params);
    }

    /** A request that resumes no run. */
    public PipelineRequest(
            @Nullable String pipeline, Map<String, Object> params, @Nullable String source, @Nullable String folder) {
        this(pipeline, params, source, folder, null, null, null);
    }

    /** The same request, resuming a run. */
    public PipelineRequest resuming(@Nullable Resume run) {
        return new PipelineRequest(pipeline, params, source, folder, run, retraining, failOverQuota);
    }

    /** The same request, for a retraining. */
    public PipelineRequest retraining(@Nullable Retraining why) {
        return new PipelineRequest(pipeline, params, source, folder, null, why, null);
    }

    /** The same request, whose run does not wait for a quota. */
    public PipelineRequest failingOverQuota() {
        return new PipelineRequest(pipeline, params, source, folder, resume, retraining, true);
    }

    /** The pipeline of this name with the defaults of its file. */
    public static PipelineRequest named(String pipeline) {
        return new PipelineRequest(pipeline, Map.of(), null, null);
    }
}
