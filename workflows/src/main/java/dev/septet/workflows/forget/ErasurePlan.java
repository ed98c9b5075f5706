package dev.septet.workflows.forget;

import java.util.List;

/**
 * What an erasure is going to do; the store has the list of what it deletes.
 *
 * @param rows number of rows of the order
 * @param pipelines pipelines whose runs prepared the rows
 * @param retrain pipelines that are trained again, in this order
 */
public record ErasurePlan(long rows, List<String> pipelines, List<Retrained> retrain) {
    public ErasurePlan {
        pipelines = List.copyOf(pipelines);
        retrain = List.copyOf(retrain);
    }

    /**
     * A pipeline that is trained again.
     *
     * @param reviewed number of reviewed rows that its model learned
     */
    public record Retrained(String pipeline, long reviewed) {}
}
