package dev.septet.workflows.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.FailureType;
import dev.septet.workflows.MaskingCodec;
import dev.septet.workflows.PipelineRequest;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeptetDataConverterTest {
    private final DataConverter converter = SeptetDataConverter.create();

    @Test
    void writesJsonThatTheCommandLineCouldHaveWritten() {
        var payload = converter
                .toPayload(new PipelineRequest("hello", Map.of("lora-rank", 8), null, null))
                .orElseThrow();

        assertThat(payload.getData().toStringUtf8()).isEqualTo("{\"params\":{\"lora-rank\":8},\"pipeline\":\"hello\"}");
    }

    @Test
    void refusesWhatHistoryCannotHold() {
        PipelineRequest huge = new PipelineRequest(null, Map.of(), "x".repeat(300 * 1024), null);

        assertThatThrownBy(() -> converter.toPayload(huge))
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("PayloadTooLarge");
                    assertThat(failure.isNonRetryable()).isTrue();
                });
    }

    /** Of any length: a failure that cannot be sent leaves its activity without an answer. */
    @Test
    void theTextOfAFailureIsEncodedAndRead() {
        DataConverter encoding = new CodecDataConverter(converter, List.of(new MaskingCodec()), true);
        String text = "x".repeat(300 * 1024);

        Failure hidden = encoding.exceptionToFailure(FailureType.INVALID_PIPELINE.of(text));

        assertThat(hidden.getMessage()).isEqualTo("Encoded failure");
        assertThat(hidden.getStackTrace()).isEmpty();
        assertThat(encoding.failureToException(hidden)).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getOriginalMessage()).isEqualTo(text);
            assertThat(failure.getType()).isEqualTo("InvalidPipeline");
        });
    }
}
