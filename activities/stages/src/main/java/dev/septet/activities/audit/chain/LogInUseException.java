package dev.septet.activities.audit.chain;

/** Another writer has an audit log open. */
public final class LogInUseException extends AuditException {
    private static final long serialVersionUID = 1L;

    public LogInUseException(String message) {
        super(message);
    }
}
