package dev.septet.workers.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what a plain log line belongs to, such as {@code [pipeline=support-bot run=0199 stage=train attempt=2] }. */
public final class ShownFields extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        Map<String, String> fields = LogFields.of(event);
        return fields.isEmpty()
                ? ""
                : fields.entrySet().stream()
                        .map(field -> field.getKey() + "=" + field.getValue())
                        .collect(Collectors.joining(" ", "[", "] "));
    }
}
