package dev.septet.workflows.payload;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import java.util.Locale;
import java.util.Optional;

/**
 * Converts values to JSON by the spec's rules. It rejects a value over {@link #LIMIT_BYTES} before it is sent. The
 * server would terminate a workflow with a value that is too large, and no code could handle that.
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
                // When failures are encoded, the SDK passes their text like this. An exception here would leave the
                // activity without a result.
                return super.toData(text.get());
            }
            Optional<Payload> payload = super.toData(value);
            payload.ifPresent(sent -> check(value, sent.getData().size()));
            return payload;
        }

        private static void check(Object value, int bytes) {
            if (bytes > LIMIT_BYTES) {
                throw FailureType.PAYLOAD_TOO_LARGE.of(String.format(
                        Locale.ROOT,
                        "a %s of %d bytes is too large for workflow history (at most %d): keep it in an artifact",
                        value.getClass().getSimpleName(),
                        bytes,
                        LIMIT_BYTES));
            }
        }
    }
}
