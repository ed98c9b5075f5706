package dev.septet.workers.cli;

import dev.septet.workers.log.LogFormat;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Locale;

/** What a process logs to standard output. */
final class LogFormatOption {
    /** Where it is set for all processes. */
    static final String VARIABLE = "SEPTET_LOG_FORMAT";

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description =
                    "Log lines on standard output: plain, json (an object a line) or none. The log"
                            + " file always has them. Default: "
                            + VARIABLE
                            + ", else plain")
    private @Nullable String named;

    /**
     * The format.
     *
     * @throws CliProblem USAGE when there is none of that name
     */
    LogFormat format(Session session) {
        String set = session.environment().getOrDefault(VARIABLE, "").strip();
        String word = named != null ? named : set.isEmpty() ? "plain" : set;
        try {
            return LogFormat.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s is plain, json or none, not '%s'"
                            .formatted(named != null ? "--log-format" : VARIABLE, word));
        }
    }
}
