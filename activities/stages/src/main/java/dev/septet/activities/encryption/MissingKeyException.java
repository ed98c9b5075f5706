package dev.septet.activities.encryption;

import java.io.IOException;

/**
 * Intact data is encrypted with a key that this process does not have, or whose name stands for
 * another key here.
 */
public final class MissingKeyException extends IOException {
    private static final long serialVersionUID = 1;

    /** Names the key and says what to do. */
    public MissingKeyException(String message) {
        super(message);
    }
}
