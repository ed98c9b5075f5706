package dev.septet.activities.store.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

class CredentialChainTest {
    private static final AwsCredentials KEY = AwsBasicCredentials.create("key", "secret");

    private final AtomicBoolean away = new AtomicBoolean();
    private final AwsCredentialsProvider source = () -> {
        if (away.get()) {
            throw SdkClientException.create("Unable to load credentials from any of the providers in the chain");
        }
        return KEY;
    };

    @Test
    void aProcessHasOneChainWhichNoClientCloses() throws Exception {
        assertThat(S3Connection.provider(Map.of())).isSameAs(S3Connection.provider(Map.of("OTHER", "x")));
        assertThat(S3Connection.provider(Map.of())).isNotInstanceOf(SdkAutoCloseable.class);
        Map<String, String> given = Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret");
        assertThat(S3Connection.credentials(given)).isEqualTo(KEY);
    }

    @Test
    void aSourceThatAnsweredBeforeMayAnswerAgain() throws Exception {
        CredentialChain chain = new CredentialChain(source, () -> false);
        assertThat(chain.now()).isSameAs(KEY);
        away.set(true);

        assertThatThrownBy(chain::now)
                .isInstanceOfSatisfying(
                        CredentialChain.MissingException.class,
                        missing -> assertThat(missing.away()).isTrue())
                .hasMessageContaining("does not answer");
    }

    @Test
    void aSourceThatTheEnvironmentNamesMayAnswerLater() {
        away.set(true);

        assertThatThrownBy(() -> new CredentialChain(source, () -> true).now())
                .isInstanceOfSatisfying(
                        CredentialChain.MissingException.class,
                        missing -> assertThat(missing.away()).isTrue());
    }

    @Test
    void aMachineWithoutASourceIsTold() {
        away.set(true);

        assertThatThrownBy(() -> new CredentialChain(source, () -> false).now())
                .isInstanceOfSatisfying(
                        CredentialChain.MissingException.class,
                        missing -> assertThat(missing.away()).isFalse())
                .hasMessageContaining("this worker has no AWS credentials; set AWS_ACCESS_KEY_ID");
    }
}
