package dev.septet.workers.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Each part of a process says whether it is ready. */
class ReadinessChecksTest {
    @Test
    void namesThePartsThatAreNotReady() {
        ReadinessChecks checks = new ReadinessChecks()
                .with("temporal", () -> null)
                .with("store", () -> "the bucket is gone\nand more")
                .with("audit", () -> {
                    throw new IOException("No space left on device");
                });

        List<ReadinessChecks.Part> parts = checks.parts();

        assertThat(ReadinessChecks.json(parts))
                .hasToString("{\"ready\":false,\"parts\":[{\"name\":\"temporal\",\"ready\":true},"
                        + "{\"name\":\"store\",\"ready\":false,\"problem\":\"the bucket is gone<U+000A>and more\"},"
                        + "{\"name\":\"audit\",\"ready\":false,\"problem\":\"No space left on device\"}]}");
    }

    @Test
    void aCheckThatHangsIsNotReadyAndIsNeverStartedTwice() {
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger started = new AtomicInteger();
        ReadinessChecks checks = new ReadinessChecks().with("store", () -> {
            started.incrementAndGet();
            hangs.await();
            return null;
        });

        assertThat(checks.parts()).containsExactly(new ReadinessChecks.Part("store", "it did not answer within 3 s"));
        long began = System.nanoTime();
        for (int probes = 0; probes < 20; probes++) {
            assertThat(checks.parts()).allMatch(part -> !part.ready());
        }
        assertThat(checks.recent()).allMatch(part -> !part.ready());
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("nobody waits again")
                .isLessThan(ReadinessChecks.PATIENCE.multipliedBy(10));
        assertThat(started).hasValue(1);

        hangs.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> checks.parts().get(0).ready());
    }

    @Test
    void manyProbesCostNoMoreThanOne() {
        AtomicInteger calls = new AtomicInteger();
        ReadinessChecks checks = new ReadinessChecks().with("store", Duration.ofMinutes(1), () -> {
            calls.incrementAndGet();
            return null;
        });

        for (int i = 0; i < 50; i++) {
            assertThat(checks.parts()).containsExactly(new ReadinessChecks.Part("store", null));
        }

        assertThat(calls).hasValue(1);
    }

    @Test
    void aPartWhoseCheckEndedWithAnErrorIsCheckedAgain() {
        AtomicInteger calls = new AtomicInteger();
        ReadinessChecks checks = new ReadinessChecks().with("store", Duration.ZERO, () -> {
            if (calls.incrementAndGet() == 1) {
                throw new StackOverflowError("too deep");
            }
            return null;
        });

        assertThat(checks.parts())
                .containsExactly(new ReadinessChecks.Part("store", "java.lang.StackOverflowError: too deep"));
        await().atMost(Duration.ofMinutes(1)).until(() -> checks.parts().get(0).ready());
    }
}
