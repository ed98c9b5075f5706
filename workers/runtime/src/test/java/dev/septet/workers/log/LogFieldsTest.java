package dev.septet.workers.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a log line belongs to, in JSON and in plain lines. */
class LogFieldsTest {
    private static final String RUN = "01a22896-f3d8-739b-81cf-b70729c788b6";
    private static final String CHILD = "01a22897-3c1f-7224-b0fb-cbf565887132";

    private static LoggingEvent event(Map<String, String> fields) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        Logger logger = context.getLogger("test");
        LoggingEvent event = new LoggingEvent("test", logger, Level.WARN, "memory ran out", null, null);
        event.setMDCPropertyMap(fields);
        return event;
    }

    private static JsonNode json(Map<String, String> fields) throws Exception {
        JsonLayout layout = new JsonLayout();
        layout.start();
        return SpecJson.mapper().readTree(layout.doLayout(event(fields)));
    }

    @Test
    void ofAnActivityAreThePipelineTheRunTheStageAndTheAttempt() throws Exception {
        TracedRuns.add(CHILD, "0af7651916cd43dd8448eb211c80319c");
        Map<String, String> fields = Map.of(
                "WorkflowId",
                "support-bot/" + RUN + "/train",
                "RunId",
                CHILD,
                "Attempt",
                "2",
                "ActivityType",
                "Train",
                "TaskQueue",
                "septet-gpu");

        JsonNode line = json(fields);

        assertThat(line.path("pipeline").asText()).isEqualTo("support-bot");
        assertThat(line.path("run").asText()).isEqualTo(RUN);
        assertThat(line.path("stage").asText()).isEqualTo("train");
        assertThat(line.path("attempt").asText()).isEqualTo("2");
        assertThat(line.path("activity").asText()).isEqualTo("Train");
        assertThat(line.path("trace_id").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(new ShownFields().convert(event(fields)))
                .isEqualTo("[pipeline=support-bot run=%s stage=train attempt=2 activity=Train trace_id=%s] "
                        .formatted(RUN, "0af7651916cd43dd8448eb211c80319c"));
    }

    @Test
    void ofAPipelinesWorkflowHaveNoStage() throws Exception {
        JsonNode line = json(Map.of("WorkflowId", "support-bot", "RunId", RUN));

        assertThat(line.path("pipeline").asText()).isEqualTo("support-bot");
        assertThat(line.path("run").asText()).isEqualTo(RUN);
        assertThat(line.has("stage")).isFalse();
        assertThat(line.has("attempt")).isFalse();
    }

    @Test
    void ofARequestAreItsIdAndTheModel() throws Exception {
        JsonNode line = json(Map.of("request_id", "chatcmpl-1", "model", "support-bot"));

        assertThat(line.path("request_id").asText()).isEqualTo("chatcmpl-1");
        assertThat(line.path("model").asText()).isEqualTo("support-bot");
        assertThat(new ShownFields().convert(event(Map.of()))).isEmpty();
    }

    /** Who may start workflows chooses their ids. */
    @Test
    void aWorkflowIdForgesNoLine() throws Exception {
        Map<String, String> fields =
                Map.of("WorkflowId", "a\u001b[2J\nERROR forged" + "x".repeat(100_000), "RunId", RUN);

        String plain = new ShownFields().convert(event(fields));
        assertThat(plain).doesNotContain("\n").doesNotContain("\u001b").hasSizeLessThan(400);
        assertThat(json(fields).path("pipeline").asText()).hasSizeLessThanOrEqualTo(200);
    }
}
