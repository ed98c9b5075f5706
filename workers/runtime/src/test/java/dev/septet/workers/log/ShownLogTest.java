package dev.septet.workers.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a worker holds nothing of a row, and nothing that steers a terminal that shows it. */
class ShownLogTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void showsWhatIsHiddenAndKeepsOutWhatParsersQuote() throws Exception {
        Path file = folder.resolve("worker.log");
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("septet.log", file.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(getClass().getResource("septet-logback.xml")));
        var log = context.getLogger("test");
        log.info("{} is served", "a\u001b[2J\u202Eb\nERROR forged line");
        log.error(
                "cannot read",
                new IllegalStateException(
                        "in a\u001b]8;;http://evil\u0007b",
                        new NumberFormatException("For input string: \"canary4711\"")));
        context.stop();

        String written = Files.readString(file);
        assertThat(written.replace("\n", "").replace("\t", "")).doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
        assertThat(written)
                .contains("a<U+001B>[2J<U+202E>b<U+000A>ERROR forged line is served")
                .contains("IllegalStateException: in a<U+001B>]8;;http://evil<U+0007>b")
                .contains("NumberFormatException: what was read is not valid")
                .contains("at dev.septet.workers.log.ShownLogTest")
                .doesNotContain("canary4711")
                .doesNotContain("\nERROR forged");
    }

    @Test
    void plainLinesOfTheConsoleHaveCausesButNoStackTrace() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        Layout<ILoggingEvent> layout = ConsoleLog.plain();
        layout.setContext(context);
        layout.start();
        Exception problem = new IllegalStateException(
                "in a\u001b]8;;http://evil\u0007b", new NumberFormatException("For input string: \"canary4711\""));
        assertThat(layout.doLayout(new LoggingEvent(
                        "x", context.getLogger("test"), Level.ERROR, "serve failed", problem, new Object[0])))
                .contains("ERROR test serve failed\n")
                .contains("\n  java.lang.IllegalStateException: in a<U+001B>]8;;http://evil<U+0007>b\n")
                .endsWith("\n  java.lang.NumberFormatException: what was read is not valid\n");
    }
}
