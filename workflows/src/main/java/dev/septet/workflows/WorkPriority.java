package dev.septet.workflows;

import io.temporal.common.Priority;
import io.temporal.workflow.Workflow;
import java.nio.charset.StandardCharsets;

/**
 * Which activity of a task queue is given out first; within one level pipelines take turns where
 * the cluster has fairness enabled. Nothing that runs is interrupted.
 */
public enum WorkPriority {
    /** A look at a deployed model: short, and late looks see a drift late. */
    CHECK(1),
    /** Evaluation and publication: they end a run whose training is done. */
    FINISH(2),
    /** All other work. */
    TRAIN(3);

    /** Longer fairness keys are refused by the server. */
    private static final int KEY_BYTES = 64;

    private final int key;

    WorkPriority(int key) {
        this.key = key;
    }

    /** In Temporal's form, for the workflow that asks: its id begins with the pipeline's name. */
    Priority of() {
        String id = Workflow.getInfo().getWorkflowId();
        int slash = id.indexOf('/');
        String pipeline = slash < 0 ? id : id.substring(0, slash);
        while (pipeline.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES) {
            pipeline = pipeline.substring(0, pipeline.length() - 1);
        }
        return Priority.newBuilder()
                .setPriorityKey(key)
                .setFairnessKey(pipeline)
                .build();
    }
}
