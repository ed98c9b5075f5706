package dev.septet.workflows.forget;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What an erasure is going to do; the store has the list of what it deletes.
 *
 * @param rows number of rows of the order
 * @param pipelines pipelines whose runs prepared the rows
 * @param excluded number of digests that later runs leave out, of all pipelines together
 * @param retrain pipelines that are trained again, in this order: those with a version that serves or is on trial
 * @param published pipelines that published versions into folders or buckets
 * @param byContent the digests of {@code excluded} that are digests of rows' texts, and not of their records
 */
public record ErasurePlan(
        long rows,
        List<String> pipelines,
        long excluded,
        List<Retrained> retrain,
        List<String> published,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long byContent) {
    public ErasurePlan {
        pipelines = List.copyOf(pipelines);
        retrain = List.copyOf(retrain);
        published = List.copyOf(published);
    }

    /**
     * A pipeline that is trained again.
     *
     * @param reviewed number of reviewed rows that its old model or the present one learned, whichever is larger
     */
    public record Retrained(String pipeline, long reviewed) {}
}
