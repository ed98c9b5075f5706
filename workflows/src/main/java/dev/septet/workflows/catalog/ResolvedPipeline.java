package dev.septet.workflows.catalog;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/** A request made definite: from here on the file may change, the run does not. */
public record ResolvedPipeline(RunRef run, PipelineSpec spec) implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
