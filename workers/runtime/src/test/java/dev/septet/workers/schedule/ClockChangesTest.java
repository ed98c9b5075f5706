package dev.septet.workers.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.ScheduleSpec;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockChangesTest {
    private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

    @Test
    void findsTheDaysOnWhichALocalTimeIsLeftOutOrComesTwice() {
        List<ClockChanges> changes = ClockChanges.of(schedule("30 2 * * *", "Europe/Berlin"), NOW);
        assertThat(changes).extracting(ClockChanges::gap).containsExactly(true, false);
        assertThat(changes)
                .extracting(ClockChanges::local)
                .containsExactly(LocalDateTime.of(2027, 3, 28, 2, 30), LocalDateTime.of(2027, 10, 31, 2, 30));
        assertThat(changes.get(0).sentence("bot", "Europe/Berlin", List.of()))
                .isEqualTo(
                        "bot: on 2027-03-28 the clocks of Europe/Berlin change from 02:00 to 03:00, so 02:30 does not exist; the server starts it not at all on that day");
        assertThat(changes.get(1).sentence("bot", "Europe/Berlin", List.of(Instant.parse("2027-10-31T01:30:00Z"))))
                .endsWith(
                        "change from 03:00 to 02:00, so 02:30 comes twice; the server starts it at 02:30 +01:00 on that day");
    }

    @Test
    void findsHalfHoursAndNothingWhereNoChangeMeetsTheSchedule() {
        assertThat(ClockChanges.of(schedule("15 2 * * *", "Australia/Lord_Howe"), NOW))
                .extracting(ClockChanges::local)
                .containsExactly(LocalDateTime.of(2027, 10, 3, 2, 15));
        assertThat(ClockChanges.of(schedule("45 1 * * *", "Australia/Lord_Howe"), NOW))
                .extracting(ClockChanges::gap)
                .containsExactly(false);
        assertThat(ClockChanges.of(schedule("30 2 * * MON-SAT", "Europe/Berlin"), NOW))
                .as("clocks change on Sundays")
                .isEmpty();
        assertThat(ClockChanges.of(schedule("0 5 * * *", "Europe/Berlin"), NOW)).isEmpty();
        assertThat(ClockChanges.of(schedule("30 2 * * *", "Asia/Kolkata"), NOW)).isEmpty();
        assertThat(ClockChanges.of(schedule("0 0 29 2 *", "Europe/Berlin"), NOW))
                .isEmpty();
    }

    private static ScheduleSpec schedule(String cron, String timezone) {
        return new ScheduleSpec(
                cron,
                null,
                timezone,
                ScheduleSpec.DEFAULT_OVERLAP,
                ScheduleSpec.DEFAULT_JITTER,
                ScheduleSpec.DEFAULT_CATCHUP,
                ScheduleSpec.DEFAULT_PAUSE_ON_FAILURE);
    }
}
