package dev.septet.dsl.extension;

import dev.septet.dsl.pipeline.ExtensionSpec;

/** Why the words of a jar cannot be used. The message is for whoever put the jar on the class path. */
public final class ExtensionProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ExtensionProblem(String message) {
        super(message);
    }

    /** Of code that failed. The exception's message is left out: it may hold text of a row. */
    public static ExtensionProblem failed(ExtensionWord.Kind kind, ExtensionSpec used, Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return new ExtensionProblem("%s `%s` of %s %s failed: %s%s"
                .formatted(
                        kind.shown(),
                        used.word(),
                        used.jar(),
                        used.version(),
                        cause.getClass().getName(),
                        trace.length == 0 ? "" : " at " + trace[0]));
    }
}
