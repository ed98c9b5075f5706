package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.deploy.CanarySpec;
import io.temporal.api.history.v1.History;
import io.temporal.client.WorkflowClient;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A year of weekly retraining without faults: no history grows over the year, and the memory of the worker does not either. The
 * figures of each week are in {@code target/year.csv}; {@code examples/benchmarks/year.sh} draws them.
 */
@Tag("nightly")
class YearOfRetrainingTest {
    private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");
    private static final int WEEKS = 52;
    private static final int REMEMBERED = 2;

    private final TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(Stack.options()
            .setInitialTime(MONDAY)
            .setWorkerFactoryOptions(Stack.workers(REMEMBERED))
            .build());
    private final WorkflowClient client = server.getWorkflowClient();

    /** A week's figures. */
    private record Week(int number, long monitorEvents, long monitorBytes, long runEvents, long runBytes, long heap) {}

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void historiesAndMemoryStayBounded() throws IOException {
        FakeActivities activities = new FakeActivities();
        World world = new World(
                () -> Instant.ofEpochMilli(server.currentTimeMillis()), Set.of(), Set.of(), List.of(), List.of());
        activities.world = world;
        activities.spec =
                Patience.of(Specs.retrained(new CanarySpec(0.1, Duration.ofHours(5), 50, 0.02, 0.05, 0.1, 1, 2)));
        Worker light = Stack.weeklyWorker(server);
        light.registerActivitiesImplementations(activities, activities.steering, activities.pages);
        server.newWorker(Specs.TRAINING_QUEUE).registerActivitiesImplementations(activities);
        server.start();
        Stack.startWeekly(client, WEEKS);
        List<Week> weeks = new ArrayList<>();
        for (int week = 1; week <= WEEKS; week++) {
            server.sleep(Duration.ofDays(7));
            History monitor = client.fetchHistory("hello/monitor").getHistory();
            History run = client.fetchHistory("hello").getHistory();
            weeks.add(new Week(
                    week,
                    monitor.getEventsCount(),
                    monitor.getSerializedSize(),
                    run.getEventsCount(),
                    run.getSerializedSize(),
                    used()));
        }

        Files.writeString(Path.of("target", "year.csv"), csv(weeks));
        assertThat(world.trainings).hasSize(WEEKS);
        assertThat(weeks).allSatisfy(week -> {
            // Temporal warns at 10,240 events or 10 MiB.
            assertThat(week.monitorEvents()).isBetween(1L, 9_000L);
            assertThat(week.monitorBytes()).isLessThan(8L << 20);
            assertThat(week.runEvents()).isLessThan(1_000);
            assertThat(week.runBytes()).isLessThan(1L << 20);
        });
        assertThat(weeks.get(WEEKS - 1).runBytes())
                .as("a late run's history is like an early one's")
                .isLessThan(weeks.get(3).runBytes() * 5 / 4);
    }

    /** Bytes of the heap that are in use after a collection. The server that skips time is in the same heap. */
    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static String csv(List<Week> weeks) {
        StringBuilder csv = new StringBuilder("week,monitor events,monitor bytes,run events,run bytes,heap bytes\n");
        for (Week week : weeks) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%d,%d,%d\n",
                    week.number(),
                    week.monitorEvents(),
                    week.monitorBytes(),
                    week.runEvents(),
                    week.runBytes(),
                    week.heap()));
        }
        return csv.toString();
    }
}
