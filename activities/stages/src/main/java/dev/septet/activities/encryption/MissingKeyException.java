package dev.septet.activities.encryption;

import java.io.IOException;

/**
 * Data is intact but cannot be decrypted: this process does not have its key, or has another key
 * under the same name.
 */
public final class MissingKeyException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param message names the key and what to do */
    public MissingKeyException(String message) {
        super(message);
    }
}
