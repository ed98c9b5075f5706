package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/** Reads and writes durations as ISO-8601 text, such as {@code PT6H}. */
final class DurationModule extends SimpleModule {
    DurationModule() {
        addSerializer(Duration.class, new StdScalarSerializer<>(Duration.class) {
            @Override
            public void serialize(Duration value, JsonGenerator generator, SerializerProvider provider)
                    throws IOException {
                generator.writeString(value.toString());
            }
        });
        addDeserializer(Duration.class, new StdScalarDeserializer<>(Duration.class) {
            @Override
            public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                String text = parser.getText();
                try {
                    return Duration.parse(text);
                } catch (DateTimeParseException e) {
                    return (Duration)
                            context.handleWeirdStringValue(Duration.class, text, "expected a duration such as PT6H");
                }
            }
        });
    }
}
