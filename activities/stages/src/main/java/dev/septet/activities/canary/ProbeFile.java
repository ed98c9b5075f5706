package dev.septet.activities.canary;

import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;

/**
 * Checks a canary's probe file before training, because a bad file would fail the canary after it.
 */
public final class ProbeFile {
    private ProbeFile() {}

    /**
     * Checks that every row of the canary's probe is valid, if the canary has a probe.
     *
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE when the file does not
     *     exist, POISON_DATA naming the first row that cannot be asked
     */
    public static void check(PipelineFiles files, RunRef run, DeploySpec deploy) throws IOException {
        CanarySpec canary = deploy.canary();
        String name = canary == null ? null : canary.probe();
        if (name != null) {
            CanaryProbe.of(files.read(run, name), name, Metrics.named(CanaryProbes.USUAL));
        }
    }
}
