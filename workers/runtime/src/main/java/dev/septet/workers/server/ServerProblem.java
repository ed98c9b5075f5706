package dev.septet.workers.server;

/** There is no server to work with; the message says what to do. */
public final class ServerProblem extends RuntimeException {
    public ServerProblem(String message) {
        super(message);
    }

    public ServerProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
