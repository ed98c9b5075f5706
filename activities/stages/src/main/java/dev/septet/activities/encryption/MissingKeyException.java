package dev.septet.activities.encryption;

import java.io.IOException;

/**
 * Something is whole, but encrypted with a key that this process does not have, or has another key
 * for under its name.
 */
public final class MissingKeyException extends IOException {
    private static final long serialVersionUID = 1;

    /** Names the key and says what to do. */
    public MissingKeyException(String message) {
        super(message);
    }
}
