package dev.septet.workflows.forget;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What an erasure did: numbers and digests, no texts.
 *
 * @param order id of the order
 * @param pipeline the pipeline that read the rows
 * @param rows number of rows that no later run prepares
 * @param datasets number of deleted datasets
 * @param artifacts number of deleted artifacts, with datasets, models, reports and exports
 * @param bytes their size
 * @param checkpoints number of trainings whose checkpoints were deleted
 * @param versions the first digits of the deleted published versions
 * @param retrained runs that trained the models that serve now
 * @param left what the erasure could not delete, one sentence each
 * @param byContent number of texts that no later run of their pipelines prepares, whatever else their records have
 */
public record ErasureReport(
        String order,
        String pipeline,
        long rows,
        int datasets,
        int artifacts,
        long bytes,
        int checkpoints,
        List<String> versions,
        List<String> retrained,
        List<String> left,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long byContent) {
    public ErasureReport {
        versions = List.copyOf(versions);
        retrained = List.copyOf(retrained);
        left = List.copyOf(left);
    }
}
