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
 * @param folder folder against which the source's paths resolve; must be one that the worker
 *     serves. Null = the catalogue's first
 * @param resume the run that is gone on with, null = every stage decides by itself what it reuses
 * @param retraining why the run makes a deployed model's successor, and from what; null for any
 *     other run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineRequest(
        @Nullable String pipeline,
        Map<String, Object> params,
        @Nullable String source,
        @Nullable String folder,
        @Nullable Resume resume,
        @Nullable Retraining retraining) {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public PipelineRequest {
        params = params == null ? Map.of() : java.util.Collections.unmodifiableMap(params);
    }

    /** One that goes on with no other run. */
    public PipelineRequest(
            @Nullable String pipeline, Map<String, Object> params, @Nullable String source, @Nullable String folder) {
        this(pipeline, params, source, folder, null, null);
    }

    /** The same, going on with a run. */
    public PipelineRequest resuming(@Nullable Resume run) {
        return new PipelineRequest(pipeline, params, source, folder, run, retraining);
    }

    /** The same, to make the deployed model's successor. */
    public PipelineRequest retraining(@Nullable Retraining why) {
        return new PipelineRequest(pipeline, params, source, folder, null, why);
    }

    /** The pipeline of this name, as its file says. */
    public static PipelineRequest named(String pipeline) {
        return new PipelineRequest(pipeline, Map.of(), null, null);
    }
}
