package dev.septet.llm.format;

import java.nio.file.Path;

/** A model file that cannot be used. The message names the file, what is wrong with it, and what to do. */
public final class FormatProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FormatProblem(Path file, String reason) {
        super(file + ": " + reason);
    }

    public FormatProblem(Path file, String reason, Throwable cause) {
        super(file + ": " + reason, cause);
    }
}
