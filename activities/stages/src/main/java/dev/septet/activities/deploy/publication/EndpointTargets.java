package dev.septet.activities.deploy.publication;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;

/** What a model can be deployed to that a service holds: there are no files of it. */
public final class EndpointTargets {
    private static final String WHY =
            "deploy: %s needs the model's files, but a service holds this model and gives only its name; %s";

    private EndpointTargets() {}

    /**
     * Refuses what needs files.
     *
     * @throws StageProblem INVALID_PIPELINE naming the word
     */
    public static void check(DeploySpec spec) {
        if (!spec.quantize().isEmpty()) {
            throw StageProblem.invalid(WHY.formatted("`quantize`", "leave it out"));
        }
        for (TargetSpec target : spec.targets()) {
            if (!(target instanceof HttpSpec)) {
                throw StageProblem.invalid(
                        WHY.formatted("the target " + target.place(), "use `target http { port 8080 }`"));
            }
        }
    }
}
