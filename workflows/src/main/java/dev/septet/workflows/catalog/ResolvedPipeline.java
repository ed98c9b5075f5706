package dev.septet.workflows.catalog;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/** The pipeline of a run. Later changes of its file do not affect the run. */
public record ResolvedPipeline(RunRef run, PipelineSpec spec) implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
