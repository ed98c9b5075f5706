package dev.septet.workers.doctor;

import com.google.protobuf.util.Durations;
import dev.septet.activities.result.SearchRegister;
import dev.septet.workers.local.Connection;
import dev.septet.workers.schedule.ScheduleProblem;
import dev.septet.workers.schedule.Schedules;
import dev.septet.workers.server.HistoryRetention;
import dev.septet.workers.server.ServerClock;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.SearchTags;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.common.SearchAttributeKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Checks a server that answers: its retention period, its schedules and its search attributes.
 *
 * @param fix whether to repair what can be repaired
 */
record ServerChecks(Connection connection, boolean fix) {
    private static final long LEAST_DAYS = 7;
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration AGREE = Duration.ofSeconds(5);

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        ServerRef server = connection.server();
        if (server.kind() == ServerRef.Kind.IN_MEMORY) {
            findings.add(Finding.warn(
                    "server",
                    server.address()
                            + " is the Java SDK's in-memory server: no Web UI, no"
                            + " schedules, no list of runs, and it loses everything when it"
                            + " ends",
                    "install the Temporal CLI (https://docs.temporal.io/cli) and start" + " `septet dev` again"));
            return findings;
        }
        String version = ServerProbe.version(connection.stubs(), ANSWER).orElse("");
        findings.add(Finding.ok(
                "server", server.address() + " answers" + (version.isEmpty() ? "" : ", Temporal " + version)));
        findings.add(clock());
        findings.add(namespace());
        findings.add(attributes());
        findings.addAll(schedules());
        return findings;
    }

    private Finding clock() {
        return clock(ServerClock.compare(
                connection.stubs(),
                connection.server().namespace(),
                List.of(TaskQueues.LIGHT, TaskQueues.TRAINING),
                Clock.systemUTC(),
                AGREE));
    }

    static Finding clock(ServerClock.Comparison clocks) {
        return clocks.difference()
                .map(
                        difference -> Finding.warn(
                                "clock",
                                "this machine's clock is %s that of the Temporal server".formatted(difference.words()),
                                "set both clocks by NTP (timedatectl set-ntp true), then restart this machine's workers; `septet gc`, `expires` of API keys and the retention of audit logs use this machine's clock"))
                .orElseGet(
                        () -> Finding.ok(
                                "clock",
                                clocks.known()
                                        ? "the clocks of the server and this machine agree"
                                        : "the server's clock was not compared, because the server shows neither its clock nor polls of workers"));
    }

    /**
     * Reports paused schedules. {@code --fix} does not unpause them, because a person or a failed
     * run paused them.
     */
    private List<Finding> schedules() {
        try {
            return new Schedules(connection)
                    .paused().stream()
                            .map(paused -> Finding.warn(
                                    "schedule",
                                    "the schedule %s is paused%s"
                                            .formatted(
                                                    paused.id(), paused.note().isEmpty() ? "" : ": " + paused.note()),
                                    "temporal schedule toggle --unpause" + " --schedule-id " + paused.id()))
                            .toList();
        } catch (ScheduleProblem | StatusRuntimeException e) {
            return List.of(Finding.warn(
                    "schedule",
                    "the schedules cannot be read: " + e.getMessage(),
                    "check that the server answers and supports schedules"));
        }
    }

    private Finding namespace() {
        String name = connection.server().namespace();
        try {
            long days = Durations.toDays(connection
                    .stubs()
                    .blockingStub()
                    .describeNamespace(DescribeNamespaceRequest.newBuilder()
                            .setNamespace(name)
                            .build())
                    .getConfig()
                    .getWorkflowExecutionRetentionTtl());
            String found = String.format(Locale.ROOT, "namespace %s keeps ended runs for %d days", name, days);
            if (days >= LEAST_DAYS) {
                return Finding.ok("retention", found);
            }
            boolean ours = connection.server().kind() != ServerRef.Kind.CONFIGURED;
            if (fix && ours) {
                HistoryRetention.extend(connection.stubs(), name);
                return Finding.ok("retention", found + "; from now on for 30");
            }
            return Finding.warn(
                    "retention",
                    found,
                    (ours ? "`septet doctor --fix`, or " : "")
                            + "temporal operator namespace update --retention 30d -n "
                            + name);
        } catch (StatusRuntimeException e) {
            return Finding.fail(
                    "namespace",
                    "%s: %s".formatted(name, e.getStatus().getDescription()),
                    "temporal operator namespace create -n %s, or correct TEMPORAL_NAMESPACE".formatted(name));
        }
    }

    private Finding attributes() {
        SearchRegister register = new SearchRegister(connection.client());
        try {
            List<String> known = register.known();
            List<String> missing = SearchTags.ALL.stream()
                    .map(SearchAttributeKey::getName)
                    .filter(name -> !known.contains(name))
                    .toList();
            if (missing.isEmpty()) {
                return Finding.ok(
                        "search", String.format(Locale.ROOT, "all %d search attributes are there", known.size()));
            }
            if (fix) {
                return Finding.ok("search", "registered " + String.join(", ", register.complete()));
            }
            return Finding.warn(
                    "search",
                    "runs cannot be searched by " + String.join(", ", missing),
                    "`septet doctor --fix` registers these search attributes");
        } catch (StatusRuntimeException e) {
            return Finding.warn(
                    "search",
                    "the search attributes cannot be read or registered: "
                            + e.getStatus().getDescription(),
                    "the server's operator can add them (temporal operator search-attribute"
                            + " create); runs work without them");
        }
    }
}
