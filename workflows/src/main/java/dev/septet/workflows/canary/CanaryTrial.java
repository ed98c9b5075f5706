package dev.septet.workflows.canary;

import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of a canary check: two models that answer at the same time, and the limits of the new one.
 *
 * @param champion sha256 of the export that answered all requests before
 * @param challenger sha256 of the export on trial
 * @param cursor where in the pipeline's audit log the trial begins, in bytes
 * @param looks the number of planned checks; more checks need stronger evidence for each one
 * @param elapsedSeconds time since the trial began
 * @param holdSeconds current length of the trial
 * @param metrics metrics of the new model's evaluation, in their order; a probe is scored with the first of Septet's own
 *     that reads answers
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
        metrics = metrics == null ? List.of() : List.copyOf(metrics); // lenient reader
    }

    CanaryTrial at(long elapsedSeconds, long holdSeconds) {
        return new CanaryTrial(run, spec, champion, challenger, cursor, looks, elapsedSeconds, holdSeconds, metrics);
    }

    @Override
    public List<Object> specs() {
        return List.of(spec);
    }
}
