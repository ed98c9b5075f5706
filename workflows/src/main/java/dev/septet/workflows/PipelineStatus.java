package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of the query {@code status}.
 *
 * @param waiting what the run waits for, null while it works
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineStatus(
        String pipeline,
        String runId,
        String specDigest,
        List<StageStatus> stages,
        @Nullable WaitReason waiting) {
    public PipelineStatus {
        stages = List.copyOf(stages);
    }
}
