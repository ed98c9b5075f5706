package dev.septet.activities.notify;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the worker's operator allows, from the worker's environment.
 *
 * @param privateAddresses whether webhooks may go to this machine and to private networks
 * @param commands folder of the programs that may be run, null = none may
 * @param authorities PEM file of certificates that webhooks' servers may show beside those that
 *     Java trusts, null = none
 * @param secrets where secrets are found by name
 */
public record NotifySettings(
        boolean privateAddresses,
        @Nullable Path commands,
        @Nullable Path authorities,
        Secrets secrets) {

    /**
     * As the environment says.
     *
     * @throws IllegalArgumentException with a sentence when a word in it is none that is known
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
     * A secret's value.
     *
     * @param pipeline the pipeline that uses it
     * @throws StageProblem INVALID_PIPELINE when this worker has none of that name, or not for that
     *     pipeline
     */
    String secret(SecretRef ref, String pipeline) {
        return secrets.value(ref, pipeline).value().strip();
    }
}
