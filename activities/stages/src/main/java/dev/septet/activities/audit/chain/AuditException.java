package dev.septet.activities.audit.chain;

import java.io.IOException;

/** An audit log that cannot be written or read, and what to do, in plain words. */
public final class AuditException extends IOException {
    private static final long serialVersionUID = 1L;

    public AuditException(String message) {
        super(message);
    }
}
