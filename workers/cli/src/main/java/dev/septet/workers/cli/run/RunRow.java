package dev.septet.workers.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.SearchTags;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.common.SearchAttributeKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run in the server's list. Values that the server does not have are null.
 *
 * @param state one word, such as {@code running}
 * @param stage the current stage, or the stage in which the run ended
 * @param started start time, ISO-8601, to the second
 * @param score value of the file's first metric
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRow(
        String workflowId,
        String runId,
        String state,
        String started,
        @Nullable String ended,
        @Nullable String pipeline,
        @Nullable String stage,
        @Nullable String model,
        @Nullable String dataset,
        @Nullable String gate,
        @Nullable Double score,
        @Nullable Double drift) {
    static RunRow of(WorkflowExecutionInfo info) {
        return new RunRow(
                info.getExecution().getWorkflowId(),
                info.getExecution().getRunId(),
                StateWords.of(info.getStatus()),
                time(info.getStartTime()),
                info.hasCloseTime() ? time(info.getCloseTime()) : null,
                text(info, SearchTags.PIPELINE),
                text(info, SearchTags.STAGE),
                text(info, SearchTags.MODEL),
                text(info, SearchTags.DATASET),
                text(info, SearchTags.GATE),
                number(info, SearchTags.SCORE),
                number(info, SearchTags.DRIFT));
    }

    private static String time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds()).toString();
    }

    private static @Nullable String text(WorkflowExecutionInfo info, SearchAttributeKey<String> key) {
        JsonNode value = value(info, key.getName());
        return value.isTextual() ? value.textValue() : null;
    }

    private static @Nullable Double number(WorkflowExecutionInfo info, SearchAttributeKey<Double> key) {
        JsonNode value = value(info, key.getName());
        return value.isNumber() ? (Double) value.doubleValue() : null;
    }

    private static JsonNode value(WorkflowExecutionInfo info, String name) {
        Payload payload = info.getSearchAttributes().getIndexedFieldsMap().get(name);
        try {
            return payload == null
                    ? SpecJson.mapper().missingNode()
                    : SpecJson.mapper().readTree(payload.getData().toStringUtf8());
        } catch (JsonProcessingException odd) {
            return SpecJson.mapper().missingNode();
        }
    }
}
