package dev.septet.workers.cli.option;

/** A command cannot continue; the message says why, and what to do next. */
public final class CliProblem extends RuntimeException {
    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCode}
     */
    public CliProblem(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
