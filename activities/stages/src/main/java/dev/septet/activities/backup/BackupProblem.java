package dev.septet.activities.backup;

import java.io.IOException;

/** A backup cannot be written, read or restored. The message is for users and has the next step. */
public final class BackupProblem extends IOException {
    private static final long serialVersionUID = 1;

    public BackupProblem(String message) {
        super(message);
    }

    public BackupProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
