package dev.septet.workers.cli.option;

/** The documented exit codes, on which scripts rely. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int RUN_FAILED = 1;
    public static final int USAGE = 2;
    public static final int PIPELINE_INVALID = 3;
    public static final int GATE_FAILED = 4;
    public static final int NOT_FOUND = 5;
    public static final int PORT_TAKEN = 6;
    public static final int LOG_BROKEN = 7;
    public static final int SERVER_UNREACHABLE = 69;
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
