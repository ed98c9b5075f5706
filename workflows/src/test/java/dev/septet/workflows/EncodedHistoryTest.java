package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import dev.septet.workflows.artifact.Verdict;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowFailedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Septet's runs in a host that encodes its payloads. */
class EncodedHistoryTest {
    @Test
    void everyPayloadOfARunPassedTheHostsCodec() {
        try (Stack stack = new Stack(0, MaskingCodec.host())) {
            PipelineReport report = stack.run("hello");

            assertThat(report.evaluation()).isNotNull();
            assertThat(stack.status("hello").stages()).isNotEmpty();
            String run = java.util.Objects.requireNonNull(report.run()).runId();
            for (String id : List.of("hello", "hello/" + run + "/prepare", "hello/" + run + "/train")) {
                List<Payload> payloads = payloads(stack, id);
                assertThat(payloads).hasSizeGreaterThan(1);
                assertThat(payloads)
                        .as(id)
                        .allMatch(payload -> payload.getMetadataOrThrow("encoding")
                                .toStringUtf8()
                                .equals(MaskingCodec.ENCODING));
            }
        }
    }

    @Test
    void aFailedRunSaysNothingInTheOpen() {
        try (Stack stack = new Stack(0, MaskingCodec.host())) {
            stack.activities.verdict = Verdict.NO_GO;
            var pipeline = stack.pipeline("hello");
            pipeline.start(PipelineRequest.named("hello"));

            assertThatThrownBy(() -> pipeline.getResult(PipelineReport.class))
                    .isInstanceOf(WorkflowFailedException.class);

            var last = stack.server.getWorkflowClient().fetchHistory("hello").getLastEvent();
            assertThat(last.getWorkflowExecutionFailedEventAttributes()
                            .getFailure()
                            .getMessage())
                    .isEqualTo("Encoded failure");
        }
    }

    private static List<Payload> payloads(Stack stack, String id) {
        List<Payload> found = new ArrayList<>();
        for (HistoryEvent event :
                stack.server.getWorkflowClient().fetchHistory(id).getEvents()) {
            // The SDK's own marks (which version of the code a run began with) hold none of ours.
            if (!event.hasMarkerRecordedEventAttributes()) {
                collect(event, found);
            }
        }
        return found;
    }

    /** All payloads below a message but search attributes, which are for the server to read. */
    private static void collect(Message message, List<Payload> into) {
        if (message instanceof Payload payload) {
            into.add(payload);
        } else if (!(message instanceof SearchAttributes)) {
            for (Object value : message.getAllFields().values()) {
                List<?> values = value instanceof List<?> several ? several : List.of(value);
                for (Object part : values) {
                    if (part instanceof Message inner) {
                        collect(inner, into);
                    }
                }
            }
        }
    }
}
