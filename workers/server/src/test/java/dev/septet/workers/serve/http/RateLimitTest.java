package dev.septet.workers.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RateLimit limit = new RateLimit(6, nanos::get);

    @Test
    void takesABurstAndThenOneEveryTenSeconds() {
        for (int i = 0; i < 6; i++) {
            assertThat(limit.seconds("a")).isZero();
        }
        assertThat(limit.seconds("a")).isEqualTo(10);
        assertThat(limit.seconds("b")).as("others are not held up").isZero();
        nanos.addAndGet(4_000_000_000L);
        assertThat(limit.seconds("a")).isEqualTo(6);
        nanos.addAndGet(6_000_000_000L);
        assertThat(limit.seconds("a")).isZero();
        assertThat(limit.seconds("a")).isEqualTo(10);
    }

    @Test
    void neverHoldsMoreThanAMinutesWorth() {
        assertThat(limit.seconds("a")).isZero();
        nanos.addAndGet(3_600_000_000_000L);
        for (int i = 0; i < 6; i++) {
            assertThat(limit.seconds("a")).isZero();
        }
        assertThat(limit.seconds("a")).isPositive();
    }

    @Test
    void zeroMeansNoLimit() {
        RateLimit none = new RateLimit(0, nanos::get);
        for (int i = 0; i < 1000; i++) {
            assertThat(none.seconds("a")).isZero();
        }
    }
}
