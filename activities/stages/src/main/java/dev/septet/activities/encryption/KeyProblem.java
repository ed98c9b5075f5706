package dev.septet.activities.encryption;

/** A key file cannot be used. The message says what to do, and never contains a key. */
public final class KeyProblem extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    KeyProblem(String message) {
        super(message);
    }

    KeyProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
