package dev.septet.workflows.approval;

import java.util.Objects;

/**
 * The text that a person signs: the whole answer and its run, one field per line. The signer and the verifier build the
 * same text, so a signature is valid for this answer only.
 */
public final class SignedText {
    /** Namespace of the signature, as in {@code ssh-keygen -Y sign -n}. */
    public static final String NAMESPACE = "septet-approval";

    private SignedText() {}

    /**
     * Builds the text.
     *
     * @param runId run id of the pipeline's workflow
     */
    public static String of(String runId, ApprovalDecision answer, boolean approves) {
        return """
            septet approval 1
            run %s
            answer %s
            by %s
            role %s
            model %s
            report %s
            comment %s
            """.formatted(
                        runId,
                        approves ? "approve" : "reject",
                        line(answer.by()),
                        line(answer.role()),
                        line(answer.artifact()),
                        line(answer.report()),
                        line(answer.comment()));
    }

    /** Makes one line of a text from outside. */
    private static String line(@org.jspecify.annotations.Nullable String text) {
        return Objects.requireNonNullElse(text, "").replaceAll("\\R|\\p{Cc}", "?");
    }
}
