package dev.septet.llm.sandbox;

/**
 * The result of the sandboxed child process that read a file.
 *
 * @param safe true if the process survived, even if it could not use the file; this process then
 *     opens the file, or rejects it with the same message
 * @param ending how the process ended otherwise; empty if safe
 */
record SandboxVerdict(boolean safe, String ending) {
    static final SandboxVerdict SAFE = new SandboxVerdict(true, "");

    static SandboxVerdict fatal(String ending) {
        return new SandboxVerdict(false, ending);
    }
}
