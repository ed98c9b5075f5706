package dev.septet.workflows.initialize;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 2; the memory estimate needs setup, train and dataset.
 *
 * @param deploys whether the file deploys, so that a GGUF will be written
 * @param deploy the deployment, whose targets are checked before training; null without a deployment, and in runs that
 *     earlier versions started
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InitializeRequest(
        RunRef run,
        InitializeSpec spec,
        SetupSpec setup,
        TrainSpec train,
        DatasetRef dataset,
        boolean deploys,
        @Nullable DeploySpec deploy)
        implements RunScoped {
    /** A request whose targets are not checked. */
    public InitializeRequest(
            RunRef run, InitializeSpec spec, SetupSpec setup, TrainSpec train, DatasetRef dataset, boolean deploys) {
        this(run, spec, setup, train, dataset, deploys, null);
    }

    @Override
    public List<Object> specs() {
        InitializeSpec declared = spec.declared();
        return deploy == null ? List.of(declared, setup, train) : List.of(declared, setup, train, deploy);
    }
}
