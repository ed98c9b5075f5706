package dev.septet.workflows.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.FailureType;
import io.temporal.client.ActivityCanceledException;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class FailureTrimTest {
    /** What the server keeps of a retried attempt's failure. */
    private static final int SERVER_BYTES = 4096;

    @Test
    void cutsLongMessagesAndKeepsTheType() {
        RuntimeException trimmed = FailureTrim.trimmed(FailureType.POISON_DATA.of("row ".repeat(10_000)));

        assertThat(trimmed).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getOriginalMessage())
                    .startsWith("row row ")
                    .endsWith(" ...")
                    .hasSizeLessThan(FailureTrim.FINAL_BYTES);
            assertThat(failure.getType()).isEqualTo("PoisonData");
            assertThat(failure.isNonRetryable()).isTrue();
        });
    }

    @Test
    void cutsDeepStacks() {
        RuntimeException deep = new IllegalStateException("short");
        deep.setStackTrace(frames(500));

        assertThat(FailureTrim.trimmed(deep).getStackTrace()).hasSizeLessThanOrEqualTo(32);
    }

    @Test
    void aChainOfCausesFitsIntoWhatTheServerKeeps() {
        Throwable cause = new IllegalStateException("the root of it");
        for (int depth = 0; depth < 90; depth++) {
            cause = new IllegalStateException("level " + depth + " of many. ".repeat(100), cause);
            cause.setStackTrace(frames(30));
        }
        RuntimeException trimmed = FailureTrim.trimmed(ApplicationFailure.newBuilder()
                .setMessage("the store does not answer")
                .setType("BackendFailed")
                .setNextRetryDelay(Duration.ofSeconds(7))
                .setCause(cause)
                .build());

        assertThat(serialized(trimmed)).isLessThan(SERVER_BYTES);
        assertThat(trimmed).rootCause().hasMessageContaining("the root of it");
        assertThat(trimmed).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getOriginalMessage()).isEqualTo("the store does not answer");
            assertThat(failure.getType()).isEqualTo("BackendFailed");
            assertThat(failure.getNextRetryDelay()).isEqualTo(Duration.ofSeconds(7));
        });
    }

    @Test
    void countsBytesAndNeverCutsACharacterInHalf() {
        RuntimeException trimmed = FailureTrim.trimmed(FailureType.BACKEND_FAILED.of("\uD83D\uDD25".repeat(5_000)));

        assertThat(serialized(trimmed)).isLessThan(SERVER_BYTES);
        String message = ((ApplicationFailure) trimmed).getOriginalMessage();
        assertThat(new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(message);
        assertThat(message).contains("\uD83D\uDD25").doesNotContain("?");
    }

    @Test
    void anErrorBecomesAFailureOfItsName() {
        Error error = new NoClassDefFoundError("Could not initialize class ai.djl.Engine");

        assertThat(FailureTrim.trimmed(error)).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getType()).isEqualTo(NoClassDefFoundError.class.getName());
            assertThat(failure.isNonRetryable()).isFalse();
        });
    }

    @Test
    void whatIsSmallPassesUnchanged() {
        RuntimeException small = FailureType.DISK_FULL.of("the disk is full");
        RuntimeException stop = new ActivityCanceledException();

        assertThat(FailureTrim.trimmed(small)).isSameAs(small);
        assertThat(FailureTrim.trimmed(stop)).isSameAs(stop);
    }

    @Test
    void aChainThatLeadsBackToItsBeginningEnds() {
        IllegalStateException first = new IllegalStateException("the first");
        IllegalStateException second = new IllegalStateException("the second", first);
        first.initCause(second);

        RuntimeException trimmed = FailureTrim.trimmed(first);

        assertThat(serialized(trimmed)).isLessThan(SERVER_BYTES);
        assertThat(trimmed)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getOriginalMessage()).isEqualTo("the first"));
    }

    private static int serialized(RuntimeException failure) {
        return DefaultDataConverter.newDefaultInstance()
                .exceptionToFailure(failure)
                .getSerializedSize();
    }

    private static StackTraceElement[] frames(int count) {
        StackTraceElement frame = new StackTraceElement("some.package.A", "b", "A.java", 1);
        return Collections.nCopies(count, frame).toArray(StackTraceElement[]::new);
    }
}
