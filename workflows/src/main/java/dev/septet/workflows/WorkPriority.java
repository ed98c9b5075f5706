package dev.septet.workflows;

import io.temporal.common.Priority;
import io.temporal.workflow.Workflow;
import java.nio.charset.StandardCharsets;

/**
 * The priority of an activity in its task queue. Activities of one priority are distributed fairly over pipelines if
 * the cluster has fairness enabled. A running activity is never interrupted.
 */
public enum WorkPriority {
    /** A check of a deployed model: it is short, and a late check finds drift late. */
    CHECK(1),
    /** Evaluation and publication: they end a run whose training is done. */
    FINISH(2),
    /** All other work. */
    TRAIN(3);

    /** The server rejects longer fairness keys. */
    private static final int KEY_BYTES = 64;

    private final int key;

    WorkPriority(int key) {
        this.key = key;
    }

    /** Temporal's priority for the current workflow, whose id begins with the pipeline's name. */
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
