package dev.septet.activities.canary;

import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.host.PipelineFiles;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;

/** A canary's probe file, read before training: a bad one would end the canary after it. */
public final class ProbeFile {
    private ProbeFile() {}

    /**
     * Returns when a canary of the deployment could ask all of the rows that it would ask, or asks
     * none.
     *
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE when the file is not
     *     there, POISON_DATA naming the first row that cannot be asked
     */
    public static void check(PipelineFiles files, RunRef run, DeploySpec deploy) throws IOException {
        CanarySpec canary = deploy.canary();
        String name = canary == null ? null : canary.probe();
        if (name != null) {
            CanaryProbe.of(files.read(run, name), name, Metrics.named(CanaryProbes.USUAL));
        }
    }
}
