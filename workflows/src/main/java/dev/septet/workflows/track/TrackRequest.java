package dev.septet.workflows.track;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * The whole state of a run for one tracker.
 *
 * @param tracker index of the tracker in the pipeline's list
 * @param results the results of the run's stages so far
 */
public record TrackRequest(RunRef run, PipelineSpec spec, int tracker, PipelineReport results, RunMoment moment)
        implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
