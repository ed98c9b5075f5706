package dev.septet.workers.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import dev.septet.dsl.text.PublicText;
import org.slf4j.LoggerFactory;

/** The log on standard output or standard error, in addition to the log file. */
public final class ConsoleLog {
    private static final String NAME = "CONSOLE";
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{20} %fields%shown%n%causes";
    private static final int MOST_CAUSES = 8;

    private ConsoleLog() {}

    /** Starts writing log lines to standard output too. */
    public static void start(LogFormat format) {
        start(format, ConsoleTarget.SystemOut);
    }

    /** Starts writing log lines to standard error too, where standard output has the output of a command. */
    public static void startBesideOutput(LogFormat format) {
        start(format, ConsoleTarget.SystemErr);
    }

    private static void start(LogFormat format, ConsoleTarget target) {
        if (format != LogFormat.NONE && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            if (root.getAppender(NAME) == null) {
                root.addAppender(appender(context, format, target));
            }
        }
    }

    private static ConsoleAppender<ILoggingEvent> appender(
            LoggerContext context, LogFormat format, ConsoleTarget target) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setName(NAME);
        appender.setContext(context);
        appender.setTarget(target.getName());
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        Layout<ILoggingEvent> layout = format == LogFormat.JSON ? new JsonLayout() : plain();
        layout.setContext(context);
        layout.start();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** The layout of the log file, whose configuration names the same converters, with causes instead of a stack trace. */
    static Layout<ILoggingEvent> plain() {
        PatternLayout layout = new PatternLayout();
        layout.getInstanceConverterMap().put("fields", ShownFields::new);
        layout.getInstanceConverterMap().put("shown", ShownMessage::new);
        layout.getInstanceConverterMap().put("causes", Causes::new);
        layout.setPattern(PATTERN);
        return layout;
    }

    /** What went wrong, for people; where in the program is in the log file and in JSON. */
    private static final class Causes extends ThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy problem) {
            StringBuilder text = new StringBuilder();
            IThrowableProxy at = ShownTrace.shown(problem);
            for (int cause = 0; at != null && cause < MOST_CAUSES; cause++) {
                text.append("  ").append(at.getClassName());
                if (at.getMessage() != null) {
                    text.append(": ").append(at.getMessage());
                }
                text.append(CoreConstants.LINE_SEPARATOR);
                at = at.getCause();
            }
            return PublicText.visible(HiddenSecrets.in(text.toString()));
        }
    }
}
