package dev.septet.activities.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant NOON = Instant.parse("2028-02-29T12:00:00Z");

    private Duration passed = Duration.ZERO;
    private Duration jump = Duration.ZERO;
    private final SteadyClock steady = new SteadyClock(new Jumping(), () -> passed.toNanos());

    private final class Jumping extends Clock {
        @Override
        public Instant instant() {
            return NOON.plus(passed).plus(jump);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void aJumpMakesNothingOld() {
        passed = Duration.ofHours(3);
        assertThat(steady.instant()).isEqualTo(NOON.plus(passed));
        jump = Duration.ofDays(365);
        assertThat(steady.instant()).isEqualTo(NOON.plus(passed));
        jump = Duration.ofHours(-2);
        assertThat(steady.instant()).isEqualTo(NOON.plusSeconds(3600));
        jump = Duration.ZERO;
        assertThat(steady.instant()).isEqualTo(NOON.plus(passed));
        assertThat(steady.elapsed()).isEqualTo(passed);
    }

    @Test
    void whatFailsIsRepeatedUntilItIsClosed() throws InterruptedException {
        CountDownLatch thrice = new CountDownLatch(3);
        AtomicInteger times = new AtomicInteger();
        RepeatedTask task = RepeatedTask.start("test", Duration.ZERO, Duration.ofMillis(1), () -> {
            times.incrementAndGet();
            thrice.countDown();
            throw new IllegalStateException("once more");
        });
        assertThat(thrice.await(2, TimeUnit.MINUTES)).isTrue();
        task.close();
        task.close();
        assertThat(times.get()).isGreaterThanOrEqualTo(3);
    }
}
