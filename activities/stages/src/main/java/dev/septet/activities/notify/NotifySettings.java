package dev.septet.activities.notify;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.secret.Secrets;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the worker's operator allows, from the worker's environment variables.
 *
 * @param privateAddresses whether webhooks may go to this machine and to private networks
 * @param commands folder of the programs that may be run, null = none
 * @param authorities PEM file of certificates that Septet trusts for webhooks' servers in addition
 *     to Java's, null = none
 * @param secrets finds secrets by name
 */
public record NotifySettings(
        boolean privateAddresses,
        @Nullable Path commands,
        @Nullable Path authorities,
        Secrets secrets) {

    /**
     * Reads the settings from environment variables.
     *
     * @throws IllegalArgumentException with a message for users when a value is unknown
     */
    public static NotifySettings of(Map<String, String> environment) {
        return new NotifySettings(
                Setting.NOTIFY_PRIVATE.text(environment).equals("allow"),
                path(Setting.NOTIFY_COMMANDS.value(environment)),
                path(Setting.NOTIFY_CA.value(environment)),
                new Secrets(environment));
    }

    private static @Nullable Path path(@Nullable String named) {
        return named == null || named.isBlank() ? null : Path.of(named);
    }

    /**
     * The value of a secret.
     *
     * @param pipeline the pipeline that uses it
     * @throws StageProblem INVALID_PIPELINE when this worker has no such secret, or not for that
     *     pipeline
     */
    String secret(SecretRef ref, String pipeline) {
        return secrets.value(ref, pipeline).value().strip();
    }
}
