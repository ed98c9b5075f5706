package dev.septet.workflows.canary;

import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Two models that answer at the same time, and what the new one is held to.
 *
 * @param champion sha256 of the export that answered everything before
 * @param challenger sha256 of the export on trial
 * @param cursor where in the pipeline's audit log the trial begins, in bytes
 * @param looks how many looks are planned; the more there are, the more proof each needs
 * @param elapsedSeconds since the trial began
 * @param holdSeconds that it lasts, as things stand
 * @param metrics of the new model's evaluation, in their order; a probe is scored by the first that
 *     reads answers
 */
public record CanaryTrial(
        RunRef run,
        CanarySpec spec,
        String champion,
        String challenger,
        long cursor,
        int looks,
        long elapsedSeconds,
        long holdSeconds,
        List<String> metrics)
        implements RunScoped {
    public CanaryTrial {
        metrics = metrics == null ? List.of() : List.copyOf(metrics); // a tolerant reader
    }

    CanaryTrial at(long elapsedSeconds, long holdSeconds) {
        return new CanaryTrial(run, spec, champion, challenger, cursor, looks, elapsedSeconds, holdSeconds, metrics);
    }

    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
