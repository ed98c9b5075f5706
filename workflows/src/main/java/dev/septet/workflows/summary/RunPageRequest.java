package dev.septet.workflows.summary;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of the run's page.
 *
 * @param results the results of the run's stages, with an evaluation
 */
public record RunPageRequest(RunRef run, PipelineSpec spec, PipelineReport results, RunFacts facts)
        implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
