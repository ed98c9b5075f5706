package dev.septet.activities.store;

import java.io.IOException;

/** Stored bytes do not match their manifest. */
public final class CorruptArtifactException extends IOException {
    /**
     * @param message names the file and what is wrong with it
     */
    public CorruptArtifactException(String message) {
        super(message);
    }
}
