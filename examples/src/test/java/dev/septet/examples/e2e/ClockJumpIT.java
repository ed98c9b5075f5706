package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
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
    private static final int STEPS = 40;

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
                "FAKETIME_CACHE_DURATION", "1", // without a cache, each question for the time reads the file
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_FORCE_MONOTONIC_FIX", "0", // with it, the waits of a JVM take ten times its work
                "NO_FAKE_STAT", "1"); // so the times of files stay right
        try (OwnServer server = OwnServer.start(Files.createDirectories(root.resolve("server")))) {
            try (DevStack stack = DevStack.worker(server.server(), state, faked, workspace.folder())) {
                assertThat(Files.readString(Path.of("/proc/" + stack.pid() + "/maps")))
                        .contains("libfaketime");
                WorkflowStub run = stack.begin(NAME);
                String train = stage(stack, "train");

                awaitDone(stack, train, STEPS / 4);
                set(clock, "+365d");
                assertThat(doctor(stack, faked))
                        .containsPattern(
                                "this machine's clock is 36[45] d \\d+ h ahead of that of the Temporal server");

                awaitDone(stack, train, STEPS / 2);
                set(clock, "-2h");
                assertThat(stack.attempt(train)).as("attempts of the training").isEqualTo(1);
                assertThat(doctor(stack, faked))
                        .containsPattern(
                                "this machine's clock is (2 h 0|1 h 59) min behind that of the Temporal server");

                assertSame(outcome(stack, workspace, stack.result(run, PATIENCE)));
            }
        }
        assertThat(ended(state))
                .as("what the worker's clock showed at its end")
                .isCloseTo(Instant.now().minus(Duration.ofHours(2)), within(10, ChronoUnit.MINUTES));
    }

    private static String library() throws Exception {
        return Shell.installed(120, "faketime").get(0);
    }

    /** Replaces the file at once: libfaketime reads it every second. */
    private static void set(Path clock, String offset) throws IOException {
        Path next = Files.writeString(clock.resolveSibling("clock.next"), offset);
        Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What the doctor says on the same machine, in one line. */
    private static String doctor(DevStack stack, Map<String, String> faked) throws Exception {
        Map<String, String> environment = new HashMap<>(faked);
        environment.putAll(stack.environment());
        environment.putAll(DevStack.environment(stack.state()));
        return Shell.septet(root, environment, 180, "doctor").out().replaceAll("\\s+", " ");
    }

    /** The time of the last line of the worker's log. */
    private static Instant ended(Path state) throws IOException {
        List<String> lines = Files.readAllLines(state.resolve("dev.txt")).stream()
                .filter(line -> line.endsWith(" ended"))
                .toList();
        assertThat(lines).hasSize(1);
        return OffsetDateTime.parse(lines.get(0).split(" ")[0]).toInstant();
    }
}
