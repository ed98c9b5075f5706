package dev.septet.workflows.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.quota.TeamShare;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a run. Later changes of its file do not affect the run.
 *
 * @param share what the operator of the workers gives to the run's team; null where the operator declares no teams
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResolvedPipeline(
        RunRef run, PipelineSpec spec, @Nullable TeamShare share) implements RunScoped {
    /** The pipeline of a run without a share. */
    public ResolvedPipeline(RunRef run, PipelineSpec spec) {
        this(run, spec, null);
    }

    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
