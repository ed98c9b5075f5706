package dev.septet.activities.store.bucket;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The AWS credentials that the SDK finds for this process: profiles, containers and instance roles. A role's credentials
 * are kept until they expire, so that requests do not ask its source each time. Clients do not close it. Thread-safe.
 */
public final class CredentialChain implements AwsCredentialsProvider {
    /** That of this process. */
    static final CredentialChain PROCESS =
            new CredentialChain(DefaultCredentialsProvider.builder().build(), CredentialChain::named);

    private final AwsCredentialsProvider sources;
    private final BooleanSupplier named;
    private volatile boolean answered;

    /**
     * @param named whether the environment names a source
     */
    CredentialChain(AwsCredentialsProvider sources, BooleanSupplier named) {
        this.sources = sources;
        this.named = named;
    }

    /** There are no credentials at this moment. Its message is for users. */
    public static final class MissingException extends IOException {
        private static final long serialVersionUID = 1L;
        private final boolean away;

        private MissingException(boolean away) {
            super(
                    away
                            ? "the source of this worker's AWS credentials does not answer; check the role, the"
                                    + " profile or the container of its machine"
                            : "this worker has no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in"
                                    + " its environment, or give its machine a role");
            this.away = away;
        }

        /** Whether there is a source, which did not answer. A later request may succeed. */
        public boolean away() {
            return away;
        }
    }

    private static boolean named() {
        return Stream.of(
                        SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
                        SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI,
                        SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE)
                .anyMatch(setting -> setting.getStringValue().isPresent());
    }

    @Override
    public AwsCredentials resolveCredentials() {
        AwsCredentials credentials = sources.resolveCredentials();
        answered = true;
        return credentials;
    }

    /** The credentials at this moment. The SDK's message lists all sources, not the next step. */
    AwsCredentials now() throws MissingException {
        try {
            return resolveCredentials();
        } catch (SdkException none) {
            throw new MissingException(answered || named.getAsBoolean());
        }
    }
}
