package dev.septet.activities.approval;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the worker's operator says about people.
 *
 * @param signers OpenSSH's file of allowed signers, null = there is none
 * @param unsigned whether a name without a signature is taken at its word
 */
public record ApprovalSettings(@Nullable Path signers, boolean unsigned) {
    /** Path of the file of allowed signers: {@code PERSON@ROLE ... KEY}, a line each. */
    public static final String SIGNERS = "SEPTET_APPROVERS";

    /** Set to {@code allow}, a name without a signature is taken at its word. */
    public static final String UNSIGNED = "SEPTET_UNSIGNED_APPROVALS";

    /** By these environment variables. */
    public static ApprovalSettings of(Map<String, String> environment) {
        String file = environment.getOrDefault(SIGNERS, "").strip();
        return new ApprovalSettings(
                file.isEmpty() ? null : Path.of(file), "allow".equals(environment.get(UNSIGNED)));
    }
}
