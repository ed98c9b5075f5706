package dev.septet.activities.encryption;

/** Why a file with keys cannot be used, and what to do, in a sentence that repeats no key. */
public final class KeyProblem extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    KeyProblem(String message) {
        super(message);
    }

    KeyProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
