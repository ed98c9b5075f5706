package dev.septet.workflows;

import dev.septet.dsl.text.PublicText;
import io.temporal.failure.ApplicationFailure;

/** All types of failures that end Septet's activities and workflows. */
public enum FailureType {
    /** The pipeline, its parameters or a file it names is invalid; the author must correct it. */
    INVALID_PIPELINE("InvalidPipeline", false),
    /** The data cannot be used for training as it is. */
    POISON_DATA("PoisonData", false),
    /** The gate of the evaluation or the people who were asked rejected the model. */
    GATE_FAILED("GateFailed", false),
    /** The model that the gate compared with is not the champion any more; the evaluation must run again. */
    VERDICT_STALE("VerdictStale", false),
    /** The new model was worse than allowed on live requests, or too few requests came to decide. */
    CANARY_FAILED("CanaryFailed", false),
    /** Memory ran out: host or device. */
    OUT_OF_MEMORY("OutOfMemory", true),
    /** No checkpoint of the run is valid. */
    CHECKPOINT_CORRUPT("CheckpointCorrupt", false),
    /** The disk is full; the activity resumes when there is space again. */
    DISK_FULL("DiskFull", true),
    /** The store does not answer, or refuses; the activity resumes when it answers. */
    STORE_AWAY("StoreAway", true),
    /** The worker shuts down or handed the activity over; another attempt continues. */
    INTERRUPTED("Interrupted", true),
    /** A rule of the worker's operator forbids it. */
    POLICY_DENIED("PolicyDenied", false),
    /** The run's team used up a quota, and the run was asked not to wait. */
    QUOTA_USED_UP("QuotaUsedUp", false),
    /** A value too large for workflow history. */
    PAYLOAD_TOO_LARGE("PayloadTooLarge", false),
    /** A command to a running workflow cannot be executed in its current state. */
    REFUSED("Refused", false),
    /** A later attempt has taken over; this one must not write. */
    FENCED("Fenced", true),
    /** A form of the model differs from the form that it was made from. */
    CHAIN_BROKEN("ChainBroken", false),
    /** The pipeline's files are on another machine, whose workers must run the activity. */
    ELSEWHERE("Elsewhere", true),
    /** The worker's program was replaced or removed under it; the activity continues after the worker's restart. */
    PROGRAM_REPLACED("ProgramReplaced", true),
    /** The engine or an external back end failed. */
    BACKEND_FAILED("BackendFailed", true);

    private final String type;
    private final boolean retryable;

    FailureType(String type, boolean retryable) {
        this.type = type;
        this.retryable = retryable;
    }

    /** The name of the type in retry policies and messages. */
    public String type() {
        return type;
    }

    /** Whether another attempt may succeed. */
    public boolean retryable() {
        return retryable;
    }

    /** Whether something outside the run ends the failure, so that waiting for it costs no attempt. */
    public boolean waits() {
        return this == DISK_FULL || this == STORE_AWAY || this == ELSEWHERE || this == PROGRAM_REPLACED;
    }

    /**
     * A failure of this type with a message for people. It has no stack trace, because the command line and the Web UI
     * show its message, which says what to do.
     */
    public ApplicationFailure of(String message) {
        ApplicationFailure failure = retryable
                ? ApplicationFailure.newFailure(PublicText.visible(message), type)
                : ApplicationFailure.newNonRetryableFailure(PublicText.visible(message), type);
        failure.setStackTrace(new StackTraceElement[0]);
        return failure;
    }

    /** A failure of this type, with its cause. */
    public ApplicationFailure of(String message, Throwable cause) {
        return retryable
                ? ApplicationFailure.newFailureWithCause(PublicText.visible(message), type, cause)
                : ApplicationFailure.newNonRetryableFailureWithCause(PublicText.visible(message), type, cause);
    }
}
