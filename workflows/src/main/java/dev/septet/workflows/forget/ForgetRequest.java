package dev.septet.workflows.forget;

import dev.septet.workflows.PipelineRequest;

/**
 * Input of the workflow {@code Forget}.
 *
 * @param pipeline the pipeline that reads the rows, as it is started
 * @param order id of the order in the store, which has the digests of the rows
 */
public record ForgetRequest(PipelineRequest pipeline, String order) {
    /** The id of the workflow of an order. */
    public static String workflowId(String pipeline, String order) {
        return pipeline + "/forget/" + order;
    }
}
