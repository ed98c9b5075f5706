package dev.septet.workflows.approval;

import java.util.Objects;

/**
 * What a person signs: the whole answer and the run that it is for, a line each. Both sides write
 * it the same way, so a signature is good for nothing else.
 */
public final class SignedText {
    /** Of the signature, as {@code ssh-keygen -Y sign -n} takes it. */
    public static final String NAMESPACE = "septet-approval";

    private SignedText() {}

    /**
     * The text.
     *
     * @param runId of the pipeline's workflow
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

    /** One line, whatever came from outside. */
    private static String line(@org.jspecify.annotations.Nullable String text) {
        return Objects.requireNonNullElse(text, "").replaceAll("\\R|\\p{Cc}", "?");
    }
}
