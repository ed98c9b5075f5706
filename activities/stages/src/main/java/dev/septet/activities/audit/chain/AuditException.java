package dev.septet.activities.audit.chain;

import java.io.IOException;

/** An audit log cannot be written or read. The message says in plain words what to do. */
public class AuditException extends IOException {
    private static final long serialVersionUID = 1L;

    public AuditException(String message) {
        super(message);
    }
}
