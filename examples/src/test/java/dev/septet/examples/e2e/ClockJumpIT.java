package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The clock of the workers' machine jumps during a training, as libfaketime makes it: a year ahead, then back to two hours behind.
 * The Temporal server's clock stays right, because the server does not use the C library.
 */
@Tag("nightly")
class ClockJumpIT extends KilledRuns {
    private static final int STEPS = 60;
    private static final Duration YEAR = Duration.ofDays(365);

    ClockJumpIT() {
        super(STEPS);
    }

    @Test
    void aJumpingClockChangesNoByte() throws Exception {
        Workspace workspace = workspace("jumps");
        Path state = root.resolve("jumps-state");
        Path clock = Files.writeString(root.resolve("clock"), "+0");
        Map<String, String> faked = Map.of(
                "LD_PRELOAD", library(),
                "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                "FAKETIME_NO_CACHE", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "NO_FAKE_STAT", "1"); // so the times of files stay right
        try (DevStack stack = DevStack.start(state, faked, workspace.folder())) {
            long worker = stack.pid("training");
            assertThat(Files.readString(Path.of("/proc/" + worker + "/maps"))).contains("libfaketime");
            WorkflowStub run = stack.begin(NAME);
            String train = stage(stack, "train");

            awaitDone(stack, train, STEPS / 4);
            set(clock, "+" + YEAR.toDays() + "d");
            awaitLogged(stack, Instant.now().plus(YEAR));
            assertThat(doctor(state, faked))
                    .contains("this machine's clock is 36", "ahead of that of the Temporal server");

            awaitDone(stack, train, STEPS / 2);
            set(clock, "-2h");
            assertThat(doctor(state, faked))
                    .contains("this machine's clock is 2 h 0 min behind that of the Temporal server");
            assertThat(stack.attempt(train)).as("attempts of the training").isEqualTo(1);

            assertSame(outcome(stack, workspace, stack.result(run, PATIENCE)));
            assertThat(stack.pid("training")).as("the worker of the beginning").isEqualTo(worker);
        }
    }

    private static String library() throws Exception {
        Shell.Said said = Shell.run(
                Path.of("."),
                Map.of(),
                List.of(Workspace.CHECKOUT.resolve(".ci/faketime").toString()),
                120);
        assertThat(said.status()).as(said.all()).isZero();
        return said.out().strip();
    }

    /** Replaces the file at once: libfaketime reads it at each question for the time. */
    private static void set(Path clock, String offset) throws IOException {
        Path next = Files.writeString(clock.resolveSibling("clock.next"), offset);
        Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits for a line of a worker's log with this day. */
    private static void awaitLogged(DevStack stack, Instant day) {
        String stamp = day.toString().substring(0, 10);
        await("a line of " + stamp)
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> stack.logs().contains(stamp));
    }

    /** The words of the doctor in one line. */
    private static String doctor(Path state, Map<String, String> faked) throws Exception {
        Map<String, String> environment = new java.util.HashMap<>(faked);
        environment.putAll(DevStack.environment(state));
        return Shell.septet(root, environment, 120, "doctor").out().replaceAll("\\s+", " ");
    }
}
