package dev.septet.workers.log;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.septet.dsl.text.PublicText;

/**
 * Writes a log message on one line and shows its hidden characters, so that a name cannot forge a
 * log line.
 */
public final class ShownMessage extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
        return PublicText.line(HiddenSecrets.in(super.convert(event)));
    }
}
