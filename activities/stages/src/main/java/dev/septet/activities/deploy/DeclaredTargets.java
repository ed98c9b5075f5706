package dev.septet.activities.deploy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FolderTargetSpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Resolves the targets of a pipeline file to places on this machine and in buckets. */
record DeclaredTargets(PipelineFiles files) {
    /** All targets but the server, which follows the route instead of an alias. */
    List<Target> of(RunRef run, DeploySpec deploy) throws IOException {
        List<Target> targets = new ArrayList<>();
        for (TargetSpec spec : deploy.targets()) {
            if (!(spec instanceof HttpSpec)) {
                targets.add(of(run, spec));
            }
        }
        return targets;
    }

    /**
     * Resolves one target.
     *
     * @throws StageProblem POLICY_DENIED when its folder is outside the pipeline's folder
     */
    Target of(RunRef run, TargetSpec spec) throws IOException {
        String type = Targets.of(spec).type();
        if (spec instanceof S3Spec bucket) {
            return new Target(type, bucket.uri(), bucket.endpoint(), bucket.region());
        }
        if (spec instanceof VllmSpec vllm && vllm.endpoint() != null) {
            String name = vllm.name() == null ? run.pipeline() : vllm.name();
            return new Target(type, files.write(run, vllm.path()).toString(), null, null, vllm.endpoint(), name);
        }
        if (spec instanceof FolderTargetSpec folder) {
            return new Target(type, files.write(run, folder.path()).toString());
        }
        throw StageProblem.invalid("deploy: %s is neither a folder nor a bucket".formatted(spec.place()));
    }
}
