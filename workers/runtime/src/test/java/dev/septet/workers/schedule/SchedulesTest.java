package dev.septet.workers.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.schedule.ScheduleChange.Action;
import dev.septet.workers.schedule.ScheduleChange.Field;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules on a real server: made, compared, changed, left alone. */
class SchedulesTest {
    private static RealServer server;
    private static ScheduleClient client;
    private static Schedules schedules;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = RealServer.start(folder);
        client = ScheduleClient.newInstance(server.connection().stubs());
        schedules = new Schedules(server.connection());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void isMadeOnceAndThenUnchanged() {
        List<DesiredSchedule> desired = List.of(desired("once", "0 2 * * SUN"));

        List<ScheduleChange> made = apply(desired);
        assertThat(made.get(0).action()).isEqualTo(Action.CREATE);
        assertThat(made.get(0).fields())
                .contains(
                        new Field("starts", null, "0 2 * * 0"),
                        new Field("timezone", null, "Europe/Vienna"),
                        new Field("overlap", null, "skip"),
                        new Field("catchup", null, "6h"),
                        new Field("task queue", null, "septet"),
                        new Field("workflow id", null, "once"),
                        new Field(
                                "input",
                                null,
                                "{\"params\":{\"rank\":\"8\"},\"pipeline\":\"once\","
                                        + "\"retraining\":{\"reviewed\":-1,\"trigger\":\"SCHEDULE\",\"why\":\"by"
                                        + " its schedule\"}}"));
        assertThat(made.get(0).next()).matches("20..-..-..T0[01]:00:00Z");

        List<ScheduleChange> again = apply(desired);
        assertThat(again.get(0).action()).isEqualTo(Action.UNCHANGED);
        assertThat(again.get(0).fields()).isEmpty();
    }

    @Test
    void aPlanChangesNothing() {
        schedules.plan(List.of(desired("planned", "@daily")), false);

        assertThatThrownBy(() -> client.getHandle("planned").describe()).hasStackTraceContaining("NOT_FOUND");
    }

    @Test
    void whatTheFileSaysIsPutBackAndWhatAPersonSaidStays() {
        apply(List.of(desired("person", "0 2 * * *")));
        ScheduleHandle handle = client.getHandle("person");
        handle.pause("on holiday until the 9th");
        handle.update(input -> {
            Schedule now = input.getDescription().getSchedule();
            return new ScheduleUpdate(Schedule.newBuilder(now)
                    .setSpec(io.temporal.client.schedules.ScheduleSpec.newBuilder(now.getSpec())
                            .setJitter(Duration.ofMinutes(5))
                            .setEndAt(java.time.Instant.parse("2040-01-01T00:00:00Z"))
                            .build())
                    .build());
        });

        ScheduleChange change = apply(List.of(desired("person", "0 3 * * *"))).get(0);

        assertThat(change.action()).isEqualTo(Action.UPDATE);
        assertThat(change.fields())
                .containsExactly(new Field("starts", "0 2 * * *", "0 3 * * *"), new Field("jitter", "5m", "none"));
        assertThat(change.paused()).isTrue();
        Schedule after = handle.describe().getSchedule();
        assertThat(after.getState().isPaused()).isTrue();
        assertThat(after.getState().getNote()).isEqualTo("on holiday until the 9th");
        assertThat(after.getSpec().getEndAt()).isEqualTo("2040-01-01T00:00:00Z");
        assertThat(apply(List.of(desired("person", "0 3 * * *"))).get(0).action())
                .isEqualTo(Action.UNCHANGED);
    }

    @Test
    void pruneTakesOnlyWhatSeptetMadeAndNobodyWants() {
        client.createSchedule(
                "a-persons-own", stranger(), ScheduleOptions.newBuilder().build());
        apply(List.of(desired("old", "@daily"), desired("unscheduled", "@daily")));
        List<DesiredSchedule> desired =
                List.of(desired("new", "@daily"), new DesiredSchedule("unscheduled", null, Map.of()));
        await().untilAsserted(() -> {
            List<ScheduleChange> plan = schedules.plan(desired, false);
            assertThat(actions(plan)).containsEntry("old", Action.LEFT);
            assertThat(actions(plan)).containsEntry("unscheduled", Action.LEFT);
        });

        List<ScheduleChange> pruned = schedules.apply(desired, schedules.plan(desired, true));

        assertThat(actions(pruned))
                .containsEntry("new", Action.CREATE)
                .containsEntry("old", Action.DELETE)
                .containsEntry("unscheduled", Action.DELETE)
                .doesNotContainKey("a-persons-own");
        assertThat(client.getHandle("a-persons-own").describe()).isNotNull();
        assertThatThrownBy(() -> client.getHandle("old").describe()).hasStackTraceContaining("NOT_FOUND");
    }

    @Test
    void aStrangersScheduleOfTheSameNameIsRefusedAndStays() {
        client.createSchedule("taken", stranger(), ScheduleOptions.newBuilder().build());

        assertThatThrownBy(() -> schedules.plan(List.of(desired("taken", "@daily")), false))
                .isInstanceOf(ScheduleProblem.class)
                .hasMessageContaining("'taken'")
                .hasMessageContaining("temporal schedule delete --schedule-id taken");
        assertThat(client.getHandle("taken").describe().getSchedule().getSpec().getIntervals())
                .hasSize(1);
    }

    @Test
    void aZoneThatOnlyJavaKnowsIsRefusedWithTheServersReason() {
        ScheduleSpec spec = new ScheduleSpec(
                "@daily",
                null,
                "SystemV/PST8",
                ScheduleSpec.DEFAULT_OVERLAP,
                Duration.ZERO,
                ScheduleSpec.DEFAULT_CATCHUP,
                true);

        assertThatThrownBy(() -> apply(List.of(new DesiredSchedule("zone", spec, Map.of()))))
                .isInstanceOf(ScheduleProblem.class)
                .hasMessageContaining("rejected the schedule")
                .hasMessageContaining("SystemV/PST8");
    }

    /** The server's own reading of each line is the yardstick. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 2 * * SUN",
                "*/15 0-8/2 1,15 JAN-MAR mon-fri",
                "5/10 3 * * 7",
                "0 0 * * 5-7",
                "0 0 31 12 1,3,SAT",
                "@yearly",
                "@monthly",
                "@weekly",
                "@daily",
                "@hourly"
            })
    void aCronLineMeansWhatTheServerTakesItFor(String cron) {
        String id = "cron-" + cron.replaceAll("[^A-Za-z0-9]", "_");
        Schedule ours = ScheduleForm.of(desired(id, cron), null);
        client.createSchedule(
                id,
                Schedule.newBuilder(ours)
                        .setSpec(io.temporal.client.schedules.ScheduleSpec.newBuilder()
                                .setCronExpressions(List.of(cron))
                                .setTimeZoneName("Europe/Vienna")
                                .build())
                        .build(),
                ScheduleOptions.newBuilder().build());

        Schedule theirs = client.getHandle(id).describe().getSchedule();

        assertThat(ScheduleFields.of(ours).get("starts"))
                .isEqualTo(ScheduleFields.of(theirs).get("starts"));
    }

    /** Half a year around both changes of the clocks, with zones on both sides of Greenwich, half hours and changes at midnight. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Europe/Berlin",
                "Europe/London",
                "America/New_York",
                "America/Santiago",
                "Australia/Lord_Howe",
                "Asia/Kolkata"
            })
    void theStartsAreComputedAsTheServerComputesThem(String timezone) {
        Instant from = Instant.parse("2027-02-27T00:00:07Z");
        Instant to = Instant.parse("2027-11-30T00:00:07Z");
        for (String cron : List.of(
                "30 2 * * *",
                "30 1,2 * * SUN",
                "*/20 0-4 * 3,4,9-11 SAT,SUN",
                "0 0 * * *",
                "15 0,1,2,23 29-31 * *",
                "0 * * 3,10,11 SUN")) {
            ScheduleSpec spec = schedule(cron, timezone);
            String id = "starts-" + timezone.replace('/', '-') + "-" + cron.hashCode();
            create(new DesiredSchedule(id, spec, Map.of()));

            assertThat(NextStarts.between(spec, from, to))
                    .as("%s in %s", cron, timezone)
                    .isEqualTo(schedules.matching(id, from, to));
        }
    }

    @Test
    void theNextStartsAreThoseThatTheServerTells() {
        for (ScheduleSpec spec : List.of(
                schedule("0 3 29 2 *", "Europe/Berlin"),
                schedule("0 3 31 * *", "UTC"),
                new ScheduleSpec(
                        null,
                        Duration.ofHours(100),
                        "UTC",
                        ScheduleSpec.DEFAULT_OVERLAP,
                        Duration.ZERO,
                        ScheduleSpec.DEFAULT_CATCHUP,
                        true))) {
            DesiredSchedule desired =
                    new DesiredSchedule("next-" + String.valueOf(spec.cron()).hashCode(), spec, Map.of());
            Instant now = Instant.now();
            assertThat(schedules.starts(desired, now)).isEmpty();
            create(desired);

            Schedules.ServerStarts told = schedules.starts(desired, now).orElseThrow();

            assertThat(told.changed()).isFalse();
            assertThat(told.next()).isEqualTo(NextStarts.computed(desired.pipeline(), spec, now));
            assertThat(told.next().starts()).hasSize(NextStarts.SHOWN);
        }
    }

    @Test
    void everySoOftenBecomesAnInterval() {
        ScheduleSpec spec = new ScheduleSpec(
                null,
                Duration.ofDays(7),
                "UTC",
                ScheduleSpec.Overlap.BUFFER_ONE,
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                false);

        List<DesiredSchedule> desired = List.of(new DesiredSchedule("interval", spec, Map.of()));
        assertThat(apply(desired).get(0).fields())
                .contains(
                        new Field("starts", null, "every 7d"),
                        new Field("overlap", null, "buffer_one"),
                        new Field("jitter", null, "10m"),
                        new Field("pauseOnFailure", null, "false"));
        assertThat(apply(desired).get(0).action()).isEqualTo(Action.UNCHANGED);
        assertThat(apply(List.of(desired("interval", "@daily"))).get(0).fields())
                .contains(new Field("starts", "every 7d", "0 0 * * *"), new Field("timezone", null, "Europe/Vienna"));
    }

    private static List<ScheduleChange> apply(List<DesiredSchedule> desired) {
        return schedules.apply(desired, only(desired, schedules.plan(desired, false)));
    }

    /** Without what the other tests left on the server. */
    private static List<ScheduleChange> only(List<DesiredSchedule> desired, List<ScheduleChange> plan) {
        List<String> names = desired.stream().map(DesiredSchedule::pipeline).toList();
        return plan.stream().filter(change -> names.contains(change.id())).toList();
    }

    private static Map<String, Action> actions(List<ScheduleChange> changes) {
        return changes.stream().collect(java.util.stream.Collectors.toMap(ScheduleChange::id, ScheduleChange::action));
    }

    private static DesiredSchedule desired(String pipeline, @Nullable String cron) {
        return new DesiredSchedule(
                pipeline,
                new ScheduleSpec(
                        cron,
                        null,
                        "Europe/Vienna",
                        ScheduleSpec.DEFAULT_OVERLAP,
                        Duration.ZERO,
                        ScheduleSpec.DEFAULT_CATCHUP,
                        true),
                Map.of("rank", "8"));
    }

    private static Schedule stranger() {
        return Schedule.newBuilder()
                .setAction(ScheduleActionStartWorkflow.newBuilder()
                        .setWorkflowType("Other")
                        .setOptions(WorkflowOptions.newBuilder()
                                .setWorkflowId("other")
                                .setTaskQueue("other")
                                .build())
                        .build())
                .setSpec(io.temporal.client.schedules.ScheduleSpec.newBuilder()
                        .setIntervals(
                                List.of(new io.temporal.client.schedules.ScheduleIntervalSpec(Duration.ofDays(1))))
                        .build())
                .build();
    }

    private static void create(DesiredSchedule desired) {
        client.createSchedule(
                desired.pipeline(),
                ScheduleForm.of(desired, null),
                ScheduleOptions.newBuilder().build());
    }

    private static ScheduleSpec schedule(String cron, String timezone) {
        return new ScheduleSpec(
                cron, null, timezone, ScheduleSpec.DEFAULT_OVERLAP, Duration.ZERO, ScheduleSpec.DEFAULT_CATCHUP, true);
    }
}
