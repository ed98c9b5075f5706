package dev.septet.workers.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerClockTest {
    private static final Instant NOW = Instant.parse("2028-02-29T12:00:00Z");

    @Test
    void seesAClockThatIsAheadOrBehind() {
        assertThat(ServerClock.difference(List.of(), NOW)).isEmpty();
        assertThat(ServerClock.difference(List.of(NOW.minusSeconds(60)), NOW)).isEmpty();
        assertThat(ServerClock.difference(List.of(NOW.minusSeconds(299)), NOW))
                .as("a worker that ended")
                .isEmpty();
        assertThat(ServerClock.difference(List.of(NOW.minusSeconds(7200), NOW.plusSeconds(3600)), NOW))
                .contains(Duration.ofHours(-1));
        assertThat(ServerClock.difference(List.of(NOW.minus(Duration.ofDays(366))), NOW))
                .contains(Duration.ofDays(366));
        assertThat(ServerClock.words(Duration.ofDays(366))).isEqualTo("at least 366 d ahead of");
        assertThat(ServerClock.words(Duration.ofSeconds(-70))).isEqualTo("at least 1 min behind");
    }
}
