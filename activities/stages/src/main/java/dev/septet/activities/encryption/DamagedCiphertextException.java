package dev.septet.activities.encryption;

import java.io.IOException;

/**
 * Encrypted bytes that cannot be decrypted with their key. They were changed, truncated or moved,
 * or the key's name now stands for another key; these cases cannot be distinguished.
 */
public final class DamagedCiphertextException extends IOException {
    private static final long serialVersionUID = 1;

    private final String key;

    DamagedCiphertextException(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The key name in the encrypted bytes. */
    public String key() {
        return key;
    }
}
