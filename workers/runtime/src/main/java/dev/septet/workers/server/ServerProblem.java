package dev.septet.workers.server;

/** No server can be used; the message tells the user what to do. */
public final class ServerProblem extends RuntimeException {
    public ServerProblem(String message) {
        super(message);
    }

    public ServerProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
