package dev.septet.activities.approval;

import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the worker's operator says about people.
 *
 * @param signers OpenSSH's file of allowed signers, null = there is none
 * @param unsigned whether a name without a signature is taken at its word
 */
public record ApprovalSettings(@Nullable Path signers, boolean unsigned) {

    /**
     * As the environment says.
     *
     * @throws IllegalArgumentException with a sentence when a word in it is none that is known
     */
    public static ApprovalSettings of(Map<String, String> environment) {
        String file = Setting.APPROVERS.text(environment);
        return new ApprovalSettings(
                file.isEmpty() ? null : Path.of(file),
                Setting.UNSIGNED_APPROVALS.text(environment).equals("allow"));
    }
}
