package dev.septet.workers.cli.machine;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.log.LogFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the format of log lines on standard output. */
final class LogFormatOption {

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "Log lines on standard output: plain, json (one object per line) or none. The"
                    + " log file always has them. Default: SEPTET_LOG_FORMAT, else plain")
    private @Nullable String named;

    /**
     * The format.
     *
     * @throws CliProblem USAGE when the format is unknown
     */
    LogFormat format(Session session) {
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
