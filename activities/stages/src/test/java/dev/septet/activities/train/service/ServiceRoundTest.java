package dev.septet.activities.train.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How often a service is asked. */
class ServiceRoundTest {
    @Test
    void asksOftenAtFirstAndRarelyAfterAnHour() {
        Duration asked = Duration.ZERO;
        int rounds = 0;
        while (ServiceRound.pause(rounds).compareTo(Duration.ofMinutes(5)) < 0) {
            asked = asked.plus(ServiceRound.pause(rounds++));
        }

        assertThat(ServiceRound.pause(0)).isEqualTo(Duration.ofSeconds(5));
        assertThat(ServiceRound.pause(23)).isEqualTo(Duration.ofSeconds(5));
        assertThat(ServiceRound.pause(24)).isEqualTo(Duration.ofSeconds(30));
        assertThat(asked).isEqualTo(Duration.ofHours(1));
        assertThat(ServiceRound.pause(100_000)).isEqualTo(Duration.ofMinutes(5));
    }
}
