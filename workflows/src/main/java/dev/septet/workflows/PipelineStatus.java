package dev.septet.workflows;

import java.util.List;

/** Answer of the query {@code status}. */
public record PipelineStatus(
        String pipeline, String runId, String specDigest, List<StageStatus> stages) {
    public PipelineStatus {
        stages = List.copyOf(stages);
    }
}
