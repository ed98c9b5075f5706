package dev.septet.workers.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.text.PublicText;

/**
 * Writes each log event as one JSON object, with what it belongs to ({@link LogFields}). Texts are cleaned in the same way
 * as in plain lines.
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
    private final ShownTrace trace = new ShownTrace();

    @Override
    public void start() {
        trace.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        ObjectNode line = SpecJson.mapper().createObjectNode();
        line.put("timestamp", event.getInstant().toString());
        line.put("level", event.getLevel().toString());
        line.put("logger", event.getLoggerName());
        line.put("thread", event.getThreadName());
        line.put("message", PublicText.line(HiddenSecrets.in(event.getFormattedMessage())));
        LogFields.of(event).forEach(line::put);
        if (event.getThrowableProxy() != null) {
            line.put("trace", trace.convert(event));
        }
        return line + "\n";
    }
}
