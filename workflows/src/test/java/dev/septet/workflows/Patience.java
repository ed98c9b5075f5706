package dev.septet.workflows;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import java.time.Duration;
import java.util.Objects;

/** A pipeline whose setup, deployment and watch are tried as long as it takes. */
final class Patience {
    private Patience() {}

    /** The same otherwise. */
    static PipelineSpec of(PipelineSpec spec) {
        StagePolicy patient =
                new StagePolicy(Duration.ofHours(1), Duration.ofMinutes(1), 0, Duration.ofMinutes(1), 1.5);
        SetupSpec setup = spec.setup();
        DeploySpec deploy = Objects.requireNonNull(spec.deploy());
        MonitorSpec monitor = Objects.requireNonNull(spec.monitor());
        return new PipelineSpec(
                spec.name(),
                spec.description(),
                spec.schedule(),
                spec.notifications(),
                spec.prepare(),
                spec.initialize(),
                new SetupSpec(setup.resources(), setup.precision(), setup.seed(), setup.search(), patient),
                spec.train(),
                spec.evaluate(),
                new DeploySpec(deploy.quantize(), deploy.targets(), deploy.canary(), deploy.approval(), patient),
                new MonitorSpec(
                        monitor.every(),
                        monitor.log(),
                        monitor.minimum(),
                        monitor.drifts(),
                        monitor.alarm(),
                        monitor.onDrift(),
                        monitor.onFeedback(),
                        patient));
    }
}
