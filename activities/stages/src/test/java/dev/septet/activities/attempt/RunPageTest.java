package dev.septet.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunPageTest {
    /** Four events each, and a history ends at 51,200. */
    @Test
    void aWeekOfTrainingIsFarFromFloodingAHistory() {
        assertThat(signals(Duration.ofMinutes(5))).isEqualTo(30);
        assertThat(signals(Duration.ofDays(1))).isBetween(250, 280);
        assertThat(signals(Duration.ofDays(7))).isLessThan(1200);
    }

    private static int signals(Duration work) {
        int signals = 0;
        for (long at = 5_000_000_000L; at < work.toNanos(); at += RunPage.pauseNanos(at)) {
            signals++;
        }
        return signals;
    }
}
