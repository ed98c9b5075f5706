package dev.septet.llm.sandbox;

/**
 * What became of the process that opened a file first.
 *
 * @param safe true when it lived, whether it could use the file or not: here the file is opened, or
 *     refused with the same words
 * @param ending how the process ended otherwise, empty when safe
 */
record SandboxVerdict(boolean safe, String ending) {
    static final SandboxVerdict SAFE = new SandboxVerdict(true, "");

    static SandboxVerdict deadly(String ending) {
        return new SandboxVerdict(false, ending);
    }
}
