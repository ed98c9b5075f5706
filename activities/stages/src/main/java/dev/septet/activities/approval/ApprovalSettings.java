package dev.septet.activities.approval;

import dev.septet.activities.identity.IdentityProvider;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operator's settings for approvals.
 *
 * @param signers OpenSSH's file of allowed signers; null = there is none
 * @param unsigned whether a name without a signature is accepted
 * @param identity where people may sign in instead of signing with a key; null = nowhere
 */
public record ApprovalSettings(
        @Nullable Path signers, boolean unsigned, @Nullable IdentityProvider identity) {
    /** Without an identity provider. */
    public ApprovalSettings(@Nullable Path signers, boolean unsigned) {
        this(signers, unsigned, null);
    }

    /**
     * Reads the settings from environment variables.
     *
     * @throws IllegalArgumentException with a message for users when a value is unknown
     */
    public static ApprovalSettings of(Map<String, String> environment) {
        String file = Setting.APPROVERS.text(environment);
        return new ApprovalSettings(
                file.isEmpty() ? null : Path.of(file),
                Setting.UNSIGNED_APPROVALS.text(environment).equals("allow"),
                IdentityProvider.of(environment));
    }
}
