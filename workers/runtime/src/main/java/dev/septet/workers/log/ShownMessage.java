package dev.septet.workers.log;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.septet.dsl.text.PublicText;

/** A message on one line, with its hidden characters shown: no name can write a line of its own. */
public final class ShownMessage extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
        return PublicText.line(super.convert(event));
    }
}
