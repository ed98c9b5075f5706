package dev.septet.activities.notify;

import dev.septet.activities.support.Secrets;
import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.SecretRef;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;

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
    /** Set to {@code allow}, webhooks may go to this machine and to private networks. */
    public static final String PRIVATE = "SEPTET_NOTIFY_PRIVATE";

    /** Folder of the programs that pipelines may name. */
    public static final String COMMANDS = "SEPTET_NOTIFY_COMMANDS";

    /** PEM file of certificates that are trusted beside Java's own. */
    public static final String AUTHORITIES = "SEPTET_NOTIFY_CA";

    /** By these environment variables. */
    public static NotifySettings of(Map<String, String> environment) {
        return new NotifySettings(
                "allow".equals(environment.get(PRIVATE)),
                path(environment.get(COMMANDS)),
                path(environment.get(AUTHORITIES)),
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
