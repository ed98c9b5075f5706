package dev.septet.workflows;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.RunPriority;
import dev.septet.workflows.quota.TeamShare;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.common.Priority;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowLocal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which share of the workers a run gets: its priority, and the key and weight by which work of one priority is shared
 * fairly. A run's own workflow decides it from the pipeline file. The workflows that the run starts take it from their own
 * Temporal priority.
 */
public final class RunShare {
    /** The server rejects longer fairness keys. */
    private static final int KEY_BYTES = 64;

    private static final WorkflowLocal<Priority> CURRENT =
            WorkflowLocal.withCachedInitial(() -> Workflow.getInfo().getPriority());

    private RunShare() {}

    /** The priority of a run. */
    public static RunPriority priority(PipelineSpec spec, Trigger trigger) {
        RunPriority set = spec.priority();
        if (set != null) {
            return set;
        }
        return trigger == Trigger.REQUEST ? RunPriority.TRAINING : RunPriority.RETRAINING;
    }

    /**
     * What a program that starts a run gives to Temporal. Without it, the run's first activity, which reads the file, has
     * Temporal's default priority.
     */
    public static Priority start(PipelineSpec spec, Trigger trigger) {
        return of(priority(spec, trigger), spec, null);
    }

    /**
     * From now on, the current workflow's work and child workflows have the priority that the file declares.
     *
     * @param team what the operator of the workers gives to the team; null = nothing
     */
    static void begin(PipelineSpec spec, Trigger trigger, @Nullable TeamShare team) {
        CURRENT.set(of(priority(spec, trigger), spec, team));
    }

    /** The share of a monitor: its checks are not less urgent because a retraining started it. */
    static Priority monitor(PipelineSpec spec, @Nullable TeamShare team) {
        return of(priority(spec, Trigger.REQUEST), spec, team);
    }

    /** The share of a retraining that the current workflow starts; the run then reads its file. */
    public static Priority retraining() {
        return key(Priority.newBuilder().setPriorityKey(RunPriority.RETRAINING.key()))
                .build();
    }

    /** The share of a child workflow of the current workflow. */
    static Priority child() {
        return CURRENT.get();
    }

    /** The share of an activity of the current workflow. */
    static Priority activity(WorkPriority work) {
        int run = CURRENT.get().getPriorityKey();
        return key(Priority.newBuilder().setPriorityKey(work.key(run == 0 ? RunPriority.TRAINING.key() : run)))
                .build();
    }

    private static Priority of(RunPriority priority, PipelineSpec spec, @Nullable TeamShare team) {
        String name = spec.team();
        Priority.Builder builder = Priority.newBuilder()
                .setPriorityKey(priority.key())
                .setFairnessKey(shortened(name == null ? spec.name() : name));
        if (team != null && team.weight() != 1) {
            builder.setFairnessWeight((float) team.weight());
        }
        return builder.build();
    }

    /** The current workflow's key and weight; without a key, the pipeline's name, with which the workflow's id begins. */
    private static Priority.Builder key(Priority.Builder builder) {
        Priority current = CURRENT.get();
        String key = current.getFairnessKey();
        if (key == null || key.isEmpty()) {
            String id = Workflow.getInfo().getWorkflowId();
            int slash = id.indexOf('/');
            return builder.setFairnessKey(shortened(slash < 0 ? id : id.substring(0, slash)));
        }
        builder.setFairnessKey(key);
        if (current.getFairnessWeight() > 0) {
            builder.setFairnessWeight(current.getFairnessWeight());
        }
        return builder;
    }

    private static String shortened(String name) {
        String key = name;
        while (key.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES) {
            key = key.substring(0, key.length() - 1);
        }
        return key;
    }
}
