package dev.septet.workflows.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.FailureType;

import io.temporal.failure.ApplicationFailure;

import org.junit.jupiter.api.Test;

class FailureTrimTest {
    @Test
    void cutsLongMessagesAndKeepsTheType() {
        RuntimeException trimmed =
                FailureTrim.trimmed(FailureType.POISON_DATA.of("row ".repeat(10_000)));

        assertThat(trimmed)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> {
                            assertThat(failure.getOriginalMessage()).hasSizeLessThan(4200);
                            assertThat(failure.getType()).isEqualTo("PoisonData");
                            assertThat(failure.isNonRetryable()).isTrue();
                        });
    }

    @Test
    void cutsDeepStacks() {
        RuntimeException deep = new IllegalStateException("short");
        StackTraceElement frame = new StackTraceElement("A", "b", "A.java", 1);
        deep.setStackTrace(
                java.util.Collections.nCopies(500, frame).toArray(StackTraceElement[]::new));

        assertThat(FailureTrim.trimmed(deep).getStackTrace()).hasSize(32);
    }
}
