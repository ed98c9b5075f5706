package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.CardSpec;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.RunPriority;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.dsl.pipeline.StageSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The stages of a pipeline that could be read from its file so far. */
public final class PipelineDraft {
    @Nullable
    String name;

    String description = "";

    @Nullable
    ScheduleSpec schedule;

    @Nullable
    CardSpec card;

    @Nullable
    RunPriority priority;

    @Nullable
    String team;

    final List<NotifySpec> notify = new ArrayList<>();

    final List<TrackerSpec> track = new ArrayList<>();

    @Nullable
    PrepareSpec prepare;

    @Nullable
    InitializeSpec initialize;

    @Nullable
    SetupSpec setup;

    @Nullable
    TrainSpec train;

    @Nullable
    EvaluateSpec evaluate;

    @Nullable
    DeploySpec deploy;

    @Nullable
    MonitorSpec monitor;

    /** Every stage that the file declares and that could be read, by its word, in the order of the stages. */
    public Map<String, StageSpec> stages() {
        var stages = new LinkedHashMap<String, @Nullable StageSpec>();
        stages.put("prepare", prepare);
        stages.put("initialize", initialize);
        stages.put("setup", setup);
        stages.put("train", train);
        stages.put("evaluate", evaluate);
        stages.put("deploy", deploy);
        stages.put("monitor", monitor);
        var declared = new LinkedHashMap<String, StageSpec>();
        stages.forEach((word, stage) -> {
            if (stage != null) {
                declared.put(word, stage);
            }
        });
        return declared;
    }

    public Optional<InitializeSpec> initialize() {
        return Optional.ofNullable(initialize);
    }

    public Optional<PrepareSpec> prepare() {
        return Optional.ofNullable(prepare);
    }

    public Optional<DeploySpec> deploy() {
        return Optional.ofNullable(deploy);
    }

    public Optional<MonitorSpec> monitor() {
        return Optional.ofNullable(monitor);
    }

    public Optional<SetupSpec> setup() {
        return Optional.ofNullable(setup);
    }

    public Optional<TrainSpec> train() {
        return Optional.ofNullable(train);
    }

    public Optional<EvaluateSpec> evaluate() {
        return Optional.ofNullable(evaluate);
    }

    /** The pipeline; empty while a required part is missing. */
    public Optional<PipelineSpec> spec() {
        if (name == null || prepare == null || initialize == null || train == null) {
            return Optional.empty();
        }
        return Optional.of(new PipelineSpec(
                name,
                description,
                schedule,
                notify,
                prepare,
                initialize,
                setup == null ? SetupSpec.DEFAULT : setup,
                train,
                evaluate == null ? EvaluateSpec.DEFAULT : evaluate,
                deploy,
                monitor,
                card,
                priority,
                team,
                track));
    }
}
