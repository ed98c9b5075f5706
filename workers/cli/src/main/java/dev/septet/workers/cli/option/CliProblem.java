package dev.septet.workers.cli.option;

/** A command cannot continue; the message says why, and what to do next. */
final class CliProblem extends RuntimeException {
    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCode}
     */
    CliProblem(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
