package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.septet.dsl.pipeline.SpecJson;
import io.temporal.api.workflowservice.v1.ListScheduleMatchingTimesRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline that starts by itself: {@code septet apply} makes the schedule, and the official
 * Temporal command line triggers, backfills and pauses it.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScheduleIT {
    @TempDir
    static Path root;

    private static DevStack stack;
    private static Path temporal;
    private static Workspace nightly;

    @BeforeAll
    static void start() throws IOException {
        temporal = TemporalCli.path();
        nightly = Workspace.in(root, "nightly", 200, scheduled("0 2 * * SUN"));
        stack = DevStack.start(root.resolve("state"), root);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    @Order(1)
    void aDryRunShowsEverythingAndMakesNothing() throws Exception {
        Shell.Said said = apply("--dry-run");

        assertThat(said.status()).as(said.all()).isZero();
        assertThat(said.out()).contains("create", "0 2 * * 0", "Europe/Vienna", "1 to create; nothing was changed");
        assertThat(said.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(temporal("schedule", "describe", "--schedule-id", "nightly").status())
                .isNotZero();
    }

    @Test
    @Order(2)
    void appliedTwiceItIsMadeOnce() throws Exception {
        Shell.Said first = apply();
        assertThat(first.status()).as(first.all()).isZero();
        assertThat(first.out()).contains("1 created", "nightly starts next at 20");
        JsonNode made = described();

        Shell.Said second = apply("--json");

        JsonNode change =
                SpecJson.mapper().readTree(second.out()).get("schedules").get(0);
        assertThat(change.get("action").asText()).isEqualTo("UNCHANGED");
        assertThat(change.get("fields")).isEmpty();
        assertThat(described()).isEqualTo(made);
        JsonNode start = made.at("/schedule/action/startWorkflow");
        assertThat(start.at("/workflowType/name").asText()).isEqualTo("Pipeline");
        assertThat(start.at("/taskQueue/name").asText()).isEqualTo("septet");
        assertThat(made.at("/schedule/policies/catchupWindow").asText()).isEqualTo("21600s");
        assertThat(made.at("/schedule/policies/pauseOnFailure").asBoolean()).isTrue();
    }

    @Test
    @Order(3)
    void triggeredItRunsToItsEnd() throws Exception {
        ok("schedule", "trigger", "--schedule-id", "nightly");

        String id = await("a run").atMost(Duration.ofMinutes(2)).until(this::newest, run -> !run.isEmpty());
        assertThat(id).startsWith("nightly-20");
        var report = stack.result(stack.client().newUntypedWorkflowStub(id), Trials.PATIENCE);
        assertThat(report.deployment()).isNotNull();
        assertThat(nightly.folder().resolve("out/current")).isDirectory();
    }

    @Test
    @Order(4)
    void whatIsPausedByHandStaysPausedThroughAChange() throws Exception {
        ok("schedule", "toggle", "--schedule-id", "nightly", "--pause", "--reason", "holidays");
        nightly.write(scheduled("30 4 * * SAT").replace("NAME", "nightly"));

        Shell.Said changed = apply();

        assertThat(changed.out())
                .contains("0 2 * * 0", "30 4 * * 6", "1 updated", "nightly stays paused", "(holidays)");
        JsonNode now = described();
        assertThat(now.at("/schedule/state/paused").asBoolean()).isTrue();
        assertThat(now.at("/schedule/state/notes").asText()).isEqualTo("holidays");
        ok("schedule", "toggle", "--schedule-id", "nightly", "--unpause", "--reason", "back");
        assertThat(described().at("/schedule/state/paused").asBoolean()).isFalse();
        assertThat(apply().out()).contains("1 unchanged", "nightly starts next at");
    }

    @Test
    @Order(5)
    void aBackfillRunsTheStartsOfTheTimeGiven() throws Exception {
        ok(
                "schedule",
                "backfill",
                "--schedule-id",
                "nightly",
                "--start-time",
                "2026-01-02T00:00:00Z",
                "--end-time",
                "2026-01-04T00:00:00Z",
                "--overlap-policy",
                "BufferAll");

        String id = "nightly-2026-01-03T03:30:00Z";
        await("the backfilled run")
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> stack.status(id) != null);
        var report = stack.result(stack.client().newUntypedWorkflowStub(id), Trials.PATIENCE);
        assertThat(report.checkpoint())
                .as("nothing has changed since the triggered run")
                .matches(checkpoint -> checkpoint != null && checkpoint.origin().reused());
    }

    @Test
    @Order(6)
    void pruneDeletesWhatNoFileWants() throws Exception {
        Workspace other = Workspace.in(root, "weekly", 200, scheduled("@weekly").replace("NAME", "weekly"));
        await("a list that has it")
                .atMost(Duration.ofMinutes(2))
                .until(() -> septet("apply", other.file()).out().contains("left"));

        Shell.Said pruned = septet("apply", other.file(), "--prune");

        assertThat(pruned.out()).contains("1 deleted", "1 unchanged");
        assertThat(temporal("schedule", "describe", "--schedule-id", "nightly").status())
                .isNotZero();
        ok("schedule", "describe", "--schedule-id", "weekly");
    }

    @Test
    @Order(7)
    void theDetailPageWorksAsWritten() throws Exception {
        RunnableDocPage page = RunnableDocPage.of("schedules.md");
        nightly.write(page.blocks("groovy").get(0));
        Map<String, String> environment = new java.util.HashMap<>(stack.environment());
        environment.putAll(DevStack.environment(stack.state()));

        String said = page.run(root, temporal, environment);

        assertThat(said).contains("1 to create", "1 created", "UNCHANGED", "0 2 * * 0", "10m");
        String id = "nightly-2026-01-04T01:00:00Z";
        await("the backfilled run, once the triggered one has ended")
                .atMost(Duration.ofMinutes(3))
                .ignoreExceptions()
                .until(() -> stack.status(id) != null);
        stack.client().newUntypedWorkflowStub(id).terminate("its start is what counts");
    }

    /** What time.md says, asked of a real server. */
    @Test
    @Order(8)
    void theServerStartsAroundChangesOfTheClocksAsThePageSays() throws Exception {
        assertThat(starts("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", 2))
                .containsExactly("2027-03-29T00:30:00Z");
        assertThat(starts("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", 1))
                .containsExactly("2027-10-31T01:30:00Z");
        assertThat(starts("0 * * * *", "Europe/Berlin", "2027-10-30T23:30:00Z", 1))
                .startsWith("2027-10-31T00:00:00Z", "2027-10-31T02:00:00Z");
        assertThat(starts("15 2 * * *", "Australia/Lord_Howe", "2027-10-02T03:00:00Z", 1))
                .containsExactly("2027-10-02T15:45:00Z");
        assertThat(starts("30 1 * * *", "America/New_York", "2027-11-06T12:00:00Z", 1))
                .containsExactly("2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z");
        assertThat(starts("0 9 * * *", "Asia/Kolkata", "2027-01-01T00:00:00Z", 1))
                .containsExactly("2027-01-01T03:30:00Z");
        assertThat(starts("0 3 29 2 *", "UTC", "2026-01-01T00:00:00Z", 365 * 7))
                .containsExactly("2028-02-29T03:00:00Z", "2032-02-29T03:00:00Z");
        Workspace clocks = Workspace.in(
                root,
                "clocks",
                20,
                scheduled("30 2 * * *").replace("Vienna", "Berlin").replace("NAME", "clocks"));
        assertThat(septet("apply", clocks.file()).err())
                .contains("does not exist; the server starts it not at all on that day", "comes twice");
        JsonNode starts = SpecJson.mapper()
                .readTree(septet("schedule", clocks.file(), "--json").out())
                .at("/schedules/0");
        assertThat(starts.at("/server/changed").asBoolean()).isFalse();
        assertThat(starts.at("/server/next"))
                .as("the computed starts are those of the server")
                .isEqualTo(starts.at("/file"));
        assertThat(starts.at("/file/starts")).hasSize(3);
    }

    private static List<String> starts(String cron, String timezone, String from, int days) throws Exception {
        String id = "clock-"
                + SpecJson.mapper().writeValueAsString(cron + timezone + from).hashCode();
        ok(
                "schedule",
                "create",
                "--schedule-id",
                id,
                "--cron",
                cron,
                "--time-zone",
                timezone,
                "--type",
                "Pipeline",
                "--task-queue",
                "septet",
                "--paused");
        Instant begin = Instant.parse(from);
        return stack
                .client()
                .getWorkflowServiceStubs()
                .blockingStub()
                .listScheduleMatchingTimes(ListScheduleMatchingTimesRequest.newBuilder()
                        .setNamespace("default")
                        .setScheduleId(id)
                        .setStartTime(Timestamp.newBuilder().setSeconds(begin.getEpochSecond()))
                        .setEndTime(Timestamp.newBuilder()
                                .setSeconds(begin.plus(Duration.ofDays(days)).getEpochSecond()))
                        .build())
                .getStartTimeList()
                .stream()
                .map(time -> Instant.ofEpochSecond(time.getSeconds()).toString())
                .toList();
    }

    private static String scheduled(String cron) {
        return Pipelines.small(10)
                .replace(
                        "pipeline('NAME') {",
                        "pipeline('NAME') {\n    schedule cron: '%s', timezone: 'Europe/Vienna'".formatted(cron));
    }

    private static Shell.Said apply(String... options) throws Exception {
        List<Object> words = new ArrayList<>(List.of("apply", nightly.file()));
        words.addAll(List.of(options));
        return septet(words.toArray());
    }

    private static Shell.Said septet(Object... words) throws Exception {
        return Shell.septet(
                root,
                DevStack.environment(stack.state()),
                180,
                Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    }

    private String newest() throws Exception {
        JsonNode list = SpecJson.mapper()
                .readTree(ok("workflow", "list", "--query", "TemporalScheduledById = 'nightly'", "--output", "json"));
        return list.isEmpty() ? "" : list.get(0).at("/execution/workflowId").asText();
    }

    private static JsonNode described() throws Exception {
        JsonNode all =
                SpecJson.mapper().readTree(ok("schedule", "describe", "--schedule-id", "nightly", "--output", "json"));
        return SpecJson.mapper().createObjectNode().set("schedule", all.get("schedule"));
    }

    private static String ok(String... arguments) throws Exception {
        Shell.Said said = temporal(arguments);
        assertThat(said.status()).as(said.all()).isZero();
        return said.out();
    }

    private static Shell.Said temporal(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(temporal.toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--address", stack.server().address()));
        return Shell.run(Path.of("."), stack.environment(), command, 180);
    }
}
