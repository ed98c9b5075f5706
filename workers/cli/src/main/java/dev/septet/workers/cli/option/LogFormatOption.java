package dev.septet.workers.cli.option;

import dev.septet.settings.Setting;
import dev.septet.workers.log.ConsoleLog;
import dev.septet.workers.log.LogFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the format of log lines on the console. */
public final class LogFormatOption {

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "Log lines on standard output (worker) or standard error (servers): plain, json (one object"
                    + " per line) or none. The log file always has them. Default: SEPTET_LOG_FORMAT, else plain")
    private @Nullable String named;

    /**
     * Starts writing log lines to standard output too.
     *
     * @throws CliProblem USAGE when the format is unknown
     */
    public void start(Session session) {
        ConsoleLog.start(format(session));
    }

    /**
     * Starts writing log lines to standard error too: standard output has the output of a command.
     *
     * @return the format
     * @throws CliProblem USAGE when the format is unknown
     */
    public LogFormat startBesideOutput(Session session) {
        LogFormat format = format(session);
        ConsoleLog.startBesideOutput(format);
        return format;
    }

    /**
     * The format.
     *
     * @throws CliProblem USAGE when the format is unknown
     */
    private LogFormat format(Session session) {
        String set = Setting.LOG_FORMAT.text(session.environment());
        String word = named != null ? named : set.isEmpty() ? Setting.LOG_FORMAT.standard() : set;
        try {
            return LogFormat.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s is plain, json or none, not '%s'"
                            .formatted(named != null ? "--log-format" : Setting.LOG_FORMAT.variable(), word));
        }
    }
}
