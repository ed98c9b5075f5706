package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file after parsing and validation. Paths are as written, relative to the file's folder.
 *
 * @param name the pipeline's name, also its name in the catalogue; letters, digits, {@code -}, at most 64 characters
 * @param schedule null when people, drift or feedback start the pipeline
 * @param notifications who is notified of which events; empty = nobody
 * @param deploy null when the file has no deployment
 * @param monitor null when the file has no monitoring
 * @param card texts for the model card; null when the file has none
 * @param priority which runs get a free worker first; null = by what started the run
 * @param team who the run belongs to: teams share workers fairly, and their use counts towards quotas; null = nobody in
 *     particular
 * @param trackers where runs are tracked; empty = nowhere
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineSpec(
        String name,
        String description,
        @Nullable ScheduleSpec schedule,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NotifySpec> notifications,
        PrepareSpec prepare,
        InitializeSpec initialize,
        SetupSpec setup,
        TrainSpec train,
        EvaluateSpec evaluate,
        @Nullable DeploySpec deploy,
        @Nullable MonitorSpec monitor,
        @Nullable CardSpec card,
        @Nullable RunPriority priority,
        @Nullable String team,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TrackerSpec> trackers) {
    public static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9-]{0,63}";

    /** A pipeline without texts for the model card, without a priority and without a team. */
    public PipelineSpec(
            String name,
            String description,
            @Nullable ScheduleSpec schedule,
            List<NotifySpec> notifications,
            PrepareSpec prepare,
            InitializeSpec initialize,
            SetupSpec setup,
            TrainSpec train,
            EvaluateSpec evaluate,
            @Nullable DeploySpec deploy,
            @Nullable MonitorSpec monitor) {
        this(
                name,
                description,
                schedule,
                notifications,
                prepare,
                initialize,
                setup,
                train,
                evaluate,
                deploy,
                monitor,
                null,
                null,
                null,
                List.of());
    }

    /** The same pipeline with one of the candidates of {@code initialize} as its base model. */
    public PipelineSpec using(InitializeSpec chosen) {
        return new PipelineSpec(
                name,
                description,
                schedule,
                notifications,
                prepare,
                chosen,
                setup,
                train,
                evaluate,
                deploy,
                monitor,
                card,
                priority,
                team,
                trackers);
    }

    /** The evaluation that the quantized forms take; null when none takes it. */
    public @Nullable EvaluateSpec formExam() {
        return deploy != null && deploy.examinesForms() ? evaluate : null;
    }

    public PipelineSpec {
        notifications = Checks.orEmpty(notifications);
        trackers = Checks.orEmpty(trackers);
        require(
                name.matches(NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                name);
        require(
                team == null || team.matches(NAME_PATTERN),
                "a team's name has letters, digits and '-', at most 64 of them, got '%s'",
                team);
    }
}
