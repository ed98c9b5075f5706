package dev.septet.workflows.payload;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import java.util.Optional;

/**
 * JSON by the spec's rules. A value over {@link #LIMIT_BYTES} is refused before it is sent: the
 * server would terminate a workflow over such a value, and nothing could catch it.
 */
public final class SeptetDataConverter {
    /** 256 KiB; the server's own limit is 2 MB. */
    public static final int LIMIT_BYTES = 256 * 1024;

    private SeptetDataConverter() {}

    /** The converter that Septet's clients and workers share. */
    public static DataConverter create() {
        return DefaultDataConverter.newDefaultInstance().withPayloadConverterOverrides(new Guarded(SpecJson.mapper()));
    }

    private static final class Guarded extends JacksonJsonPayloadConverter {
        Guarded(ObjectMapper mapper) {
            super(mapper);
        }

        @Override
        public Optional<Payload> toData(Object value) {
            if (value instanceof Optional<?> text && text.isPresent()) {
                // The SDK hands the text of a failure over like this where it is encoded, and an
                // exception here would leave the activity without any answer.
                return super.toData(text.get());
            }
            Optional<Payload> payload = super.toData(value);
            payload.ifPresent(sent -> check(value, sent.getData().size()));
            return payload;
        }

        private static void check(Object value, int bytes) {
            if (bytes > LIMIT_BYTES) {
                throw FailureType.PAYLOAD_TOO_LARGE.of(
                        "a %s of %d bytes is too large for workflow history (at most %d): keep it in an artifact"
                                .formatted(value.getClass().getSimpleName(), bytes, LIMIT_BYTES));
            }
        }
    }
}
