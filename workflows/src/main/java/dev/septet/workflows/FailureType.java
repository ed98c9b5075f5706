package dev.septet.workflows;

import dev.septet.dsl.text.PublicText;
import io.temporal.failure.ApplicationFailure;

/** The closed list of failures that Septet's activities and workflows end with. */
public enum FailureType {
    /** The pipeline, its parameters or a file it names is wrong; the author must act. */
    INVALID_PIPELINE("InvalidPipeline", false),
    /** The data cannot be trained on as it is. */
    POISON_DATA("PoisonData", false),
    /** The evaluation's gate said no, or the people who were asked. */
    GATE_FAILED("GateFailed", false),
    /** The model that the gate compared with is not the champion any more; it must judge anew. */
    VERDICT_STALE("VerdictStale", false),
    /** The new model did worse than allowed on live requests, or too few came to tell. */
    CANARY_FAILED("CanaryFailed", false),
    /** Memory ran out: host or device. */
    OUT_OF_MEMORY("OutOfMemory", true),
    /** No checkpoint of the run verifies. */
    CHECKPOINT_CORRUPT("CheckpointCorrupt", false),
    /** The disk is full; resumes when space returns. */
    DISK_FULL("DiskFull", true),
    /** The store does not answer, or refuses; resumes when it answers. */
    STORE_AWAY("StoreAway", true),
    /** The worker shuts down, or handed over; another attempt goes on. */
    INTERRUPTED("Interrupted", true),
    /** A rule of the worker's operator forbids it. */
    POLICY_DENIED("PolicyDenied", false),
    /** A value too large for workflow history. */
    PAYLOAD_TOO_LARGE("PayloadTooLarge", false),
    /** What was asked of a running workflow cannot be done as things stand. */
    REFUSED("Refused", false),
    /** A later attempt has taken over; this one must not write. */
    FENCED("Fenced", true),
    /** A form of the model is not the model it was made from. */
    CHAIN_BROKEN("ChainBroken", false),
    /** The pipeline's files are on another machine, whose workers must do it. */
    ELSEWHERE("Elsewhere", true),
    /** The engine or an outside back end failed. */
    BACKEND_FAILED("BackendFailed", true);

    private final String type;
    private final boolean retryable;

    FailureType(String type, boolean retryable) {
        this.type = type;
        this.retryable = retryable;
    }

    /** The name that retry policies and people see. */
    public String type() {
        return type;
    }

    /** Whether another attempt may succeed. */
    public boolean retryable() {
        return retryable;
    }

    /** Whether it ends by what somebody else does, so that waiting for it costs no attempt. */
    public boolean waits() {
        return this == DISK_FULL || this == STORE_AWAY || this == ELSEWHERE;
    }

    /**
     * A failure of this type with a message for people. It carries no stack trace: the sentence is
     * what the command line and the Web UI show, and it says what to do.
     */
    public ApplicationFailure of(String message) {
        ApplicationFailure failure = retryable
                ? ApplicationFailure.newFailure(PublicText.visible(message), type)
                : ApplicationFailure.newNonRetryableFailure(PublicText.visible(message), type);
        failure.setStackTrace(new StackTraceElement[0]);
        return failure;
    }

    /** A failure of this type, with what caused it. */
    public ApplicationFailure of(String message, Throwable cause) {
        return retryable
                ? ApplicationFailure.newFailureWithCause(PublicText.visible(message), type, cause)
                : ApplicationFailure.newNonRetryableFailureWithCause(PublicText.visible(message), type, cause);
    }
}
