package dev.septet.workers.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisorTest {
    private static final Backoff QUICK =
            new Backoff(Duration.ofMillis(20), Duration.ofMillis(80), Duration.ofSeconds(30), 4);

    private final RecordedEvents events = new RecordedEvents();

    @TempDir
    private Path folder = Path.of("");

    private Supervisor supervisor = new Supervisor(folder, QUICK, events);

    @BeforeEach
    void supervise() {
        supervisor = new Supervisor(folder.resolve("pids"), QUICK, events);
    }

    @AfterEach
    void end() {
        supervisor.close();
    }

    @Test
    void startsAKilledProcessAgain() throws IOException {
        supervisor.keep(spec("worker", "echo $$ >> starts; exec sleep 600"));
        long first = started(1);

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        long second = started(2);
        assertThat(second).isNotEqualTo(first);
        assertThat(events.deaths).containsExactly("worker 137");
        await().untilAsserted(() -> assertThat(supervisor.pid("worker")).contains(second));
    }

    @Test
    void neverGivesUpAndSaysOnceThatItDoesNotStayUp() throws IOException {
        supervisor.keep(spec("broken", "echo $$ >> starts; [ -e mended ] && exec sleep 600; exit 3"));

        await().until(() -> events.deaths.size() >= 8);
        assertThat(events.dying).containsExactly("broken");
        assertThat(events.deaths).containsOnly("broken 3");

        Files.createFile(folder.resolve("mended"));

        await().until(() -> supervisor
                .pid("broken")
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .isPresent());
        int starts = Files.readAllLines(folder.resolve("starts")).size();
        assertThat(starts).isGreaterThan(events.deaths.size());
    }

    @Test
    void aSupervisorThatCannotTellStillStartsAgain() throws IOException {
        events.deaf = true;
        supervisor.keep(spec("worker", "echo $$ >> starts; exec sleep 600"));

        ProcessHandle.of(started(1)).orElseThrow().destroyForcibly();

        assertThat(started(2)).isPositive();
    }

    @Test
    void aStartThatFailsIsTriedAgain() throws IOException {
        supervisor.keep(spec("worker", "echo $$ >> starts; exec sleep 600"));
        long first = started(1);
        Path pids = folder.resolve("pids");
        Path aside = Files.move(pids, folder.resolve("aside"));
        Files.createFile(pids); // no folder: nothing can be started
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        await().until(() -> !events.dying.isEmpty());

        Files.delete(pids);
        Files.move(aside, pids);

        assertThat(started(2)).isNotEqualTo(first);
    }

    @Test
    void closingAsksFirst() throws IOException {
        // So long that a busy machine does not make it a kill.
        supervisor.keep(spec(
                "polite",
                "trap 'echo asked > asked; exit 0' TERM; echo $$ >> starts;" + " while :; do sleep 0.05; done",
                30));
        long pid = started(1);

        supervisor.close();

        assertThat(folder.resolve("asked")).exists();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(events.deaths).isEmpty();
    }

    @Test
    void closingKillsWhatDoesNotListen() throws IOException {
        supervisor.keep(spec("deaf", "trap '' TERM; echo $$ >> starts; while :; do sleep 0.05; done"));
        long pid = started(1);

        supervisor.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void noProcessOutlivesItsKilledGuard() throws IOException {
        supervisor.keep(spec("worker", "echo $$ >> starts; exec sleep 600"));
        long first = started(1);
        ProcessHandle guard = ProcessHandle.of(first).orElseThrow().parent().orElseThrow();
        // The command may run some milliseconds before the process that watches the guard.
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        supervisor.pid("worker").isPresent() && guard.children().count() == 2);

        guard.destroyForcibly();

        started(2);
        await().until(() ->
                ProcessHandle.of(first).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void processesDieWithAKilledOwner() throws IOException {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SupervisorOwner.class.getName(),
                        folder.toString())
                .inheritIO()
                .start();
        Path pidFile = folder.resolve("child.pid");
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(pidFile));
        long child = Long.parseLong(Files.readString(pidFile).strip());
        assertThat(ProcessHandle.of(child)).isPresent();

        owner.destroyForcibly();

        await().until(() ->
                ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void waitsLongerAfterEachDeath() {
        assertThat(List.of(1, 2, 3, 4, 40))
                .map(QUICK::delay)
                .map(Duration::toMillis)
                .containsExactly(20L, 40L, 80L, 80L, 80L);
    }

    private long started(int times) {
        Path starts = folder.resolve("starts");
        await().until(() -> Files.exists(starts) && Files.readAllLines(starts).size() >= times);
        try {
            return Long.parseLong(Files.readAllLines(starts).get(times - 1));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private ProcessSpec spec(String name, String script) {
        return spec(name, script, 1);
    }

    private ProcessSpec spec(String name, String script, int graceSeconds) {
        return new ProcessSpec(
                name,
                List.of("bash", "-c", "cd '" + folder + "'; " + script),
                Map.of(),
                folder.resolve(name + ".log"),
                graceSeconds);
    }
}
