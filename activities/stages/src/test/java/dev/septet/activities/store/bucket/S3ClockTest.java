package dev.septet.activities.store.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;

/** A machine whose clock is off uses a bucket: the server refuses its first signature, and the client corrects the next ones. */
class S3ClockTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private final int before = SdkGlobalTime.getGlobalTimeOffset();

    @AfterEach
    void setTheClockRight() {
        SdkGlobalTime.setGlobalTimeOffset(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {-26, -2, 2, 26})
    void theStoreWorks(int hours) throws Exception {
        SdkGlobalTime.setGlobalTimeOffset(
                Math.toIntExact(Duration.ofHours(hours).toSeconds()));
        S3Address at = BUCKET.address();
        try (S3Client once = BUCKET.gateway().client(new ExecutionInterceptor() {})) {
            S3Objects refused = new S3Objects(once, at);
            assertThatThrownBy(() -> refused.read("text")).isInstanceOf(ObjectStoreException.class);
        }
        try (S3Client client = BUCKET.gateway().client()) {
            S3Objects objects = new S3Objects(client, at);
            assertThat(objects.putIf("text", "text".getBytes(StandardCharsets.UTF_8), null))
                    .isNotNull();
            assertThat(Objects.requireNonNull(objects.read("text").orElse(null)).text())
                    .isEqualTo("text");
        }
    }
}
