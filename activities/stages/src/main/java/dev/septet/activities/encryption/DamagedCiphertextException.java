package dev.septet.activities.encryption;

import java.io.IOException;

/**
 * Encrypted bytes that their key does not open: they were changed, cut or moved, or the key's name
 * stands for another key now. Which of these cannot be told apart.
 */
public final class DamagedCiphertextException extends IOException {
    private static final long serialVersionUID = 1;

    private final String key;

    DamagedCiphertextException(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The name of the key that they name. */
    public String key() {
        return key;
    }
}
