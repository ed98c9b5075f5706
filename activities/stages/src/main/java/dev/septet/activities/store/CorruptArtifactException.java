package dev.septet.activities.store;

import java.io.IOException;

/** Stored bytes are not what their manifest says. */
public final class CorruptArtifactException extends IOException {
    /** Names the file and what is wrong with it. */
    public CorruptArtifactException(String message) {
        super(message);
    }
}
