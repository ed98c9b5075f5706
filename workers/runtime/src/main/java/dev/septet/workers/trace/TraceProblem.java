package dev.septet.workers.trace;

/** A setting of OpenTelemetry that cannot be used; the message is for users. */
public final class TraceProblem extends RuntimeException {
    TraceProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
