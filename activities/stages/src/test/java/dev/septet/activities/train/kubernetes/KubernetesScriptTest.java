package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.outside.TrainerLauncher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of a pod, run as a process of this machine. */
@Tag("long")
class KubernetesScriptTest {
    @TempDir
    private Path temp = Path.of("");

    /** They copy the output of the pods into their log. */
    private final List<Thread> logs = new ArrayList<>();

    /**
     * The process that stores the output may outlive the script, and creates a file when the output ends. It has the pod's
     * log open, as all processes of the script: when the log ends, none of them writes into the folder.
     */
    @AfterEach
    void awaitTheProcessesOfThePods() throws InterruptedException {
        for (Thread log : logs) {
            log.join(TimeUnit.MINUTES.toMillis(2));
            assertThat(log.isAlive()).as("a process of the pod still runs").isFalse();
        }
    }

    @Test
    void aPodWithoutTheLockKeepsTheOutputOfTheOneThatTrains() throws Exception {
        Files.writeString(temp.resolve("output.log"), "step 1\n");
        Files.writeString(temp.resolve("output.end"), "step 9\n");
        Path tools = Files.createDirectories(temp.resolve("tools"));
        Files.writeString(tools.resolve("flock"), "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(tools.resolve("flock"), PosixFilePermissions.fromString("rwx------"));

        assertThat(pod(Map.of("PATH", tools + ":" + System.getenv("PATH")), "echo never"))
                .isEqualTo(75);

        assertThat(temp.resolve("output.log")).content().isEqualTo("step 1\n");
        assertThat(temp.resolve("output.end")).content().isEqualTo("step 9\n");
    }

    @Test
    void theOutputIsStoredAndGoesToThePodsLog() throws Exception {
        assertThat(pod(Map.of(), "echo step 1; echo warning >&2; exit 3")).isEqualTo(3);

        assertThat(temp.resolve("output.log")).content().isEqualTo("step 1\nwarning\n");
        Awaitility.await("the pod's log")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(
                        () -> assertThat(temp.resolve("pod.log")).content().isEqualTo("step 1\nwarning\n"));
        assertThat(temp.resolve("exit")).content().isEqualTo("3 exited\n");
    }

    @Test
    void aContainerThatIsStartedAgainTrainsNoSecondTime() throws Exception {
        assertThat(pod(Map.of(), "echo once >>runs; exit 3")).isEqualTo(3);
        Process second = started(Map.of(), "echo twice >>runs");
        Awaitility.await("the second container")
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(temp.resolve("pod.log")).isEmpty() && second.isAlive());
        Files.createFile(temp.resolve("end"));

        assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(second.exitValue()).isEqualTo(76);
        assertThat(temp.resolve("runs")).content().isEqualTo("once\n");
        assertThat(temp.resolve("exit")).content().isEqualTo("3 exited\n");
    }

    /** A folder in the place of the file stands for a volume that refuses it. */
    @Test
    void aRunFolderThatRefusesFilesIsNoSecondStart() throws Exception {
        Files.createSymbolicLink(temp.resolve("started-0"), temp.resolve("not/there"));

        assertThat(pod(Map.of(), "echo once >>runs")).isEqualTo(74);
        assertThat(temp.resolve("runs")).doesNotExist();
        assertThat(temp.resolve("again")).doesNotExist();
        assertThat(KubernetesJob.explained(new TrainerLauncher.Exit(74, "exited"), Optional.empty())
                        .reason())
                .isEqualTo("its pod cannot write into the run folder; free space of the volume, or mount it writable");
    }

    @Test
    void anotherRankHasAFileOfItsOwn() throws Exception {
        assertThat(pod(Map.of("JOB_COMPLETION_INDEX", "1"), "echo rank $NODE_RANK"))
                .isZero();

        assertThat(temp.resolve("output-1.log")).content().isEqualTo("rank 1\n");
        assertThat(temp.resolve("output.log")).doesNotExist();
    }

    /** A process that still prints keeps the writer, which must not keep the lock. */
    @Test
    void whoeverStoresTheOutputDoesNotHoldTheLock() throws Exception {
        assertThat(pod(Map.of(), "exec 9>&-; sleep 20 & echo $! >child")).isZero();

        Process lock = new ProcessBuilder("flock", "-n", temp.resolve("lock").toString(), "true").start();
        assertThat(lock.waitFor()).isZero();
        ProcessHandle.of(Long.parseLong(Files.readString(temp.resolve("child")).strip()))
                .ifPresent(ProcessHandle::destroy);
    }

    private int pod(Map<String, String> environment, String program) throws IOException, InterruptedException {
        Process process = started(environment, program);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private Process started(Map<String, String> environment, String program) throws IOException {
        Path script = temp.resolve("job.sh");
        Files.writeString(script, TrainerLauncher.script(KubernetesJob.class, "kubernetes-job.sh"));
        String nodes = environment.containsKey("JOB_COMPLETION_INDEX") ? "2" : "1";
        List<String> command = new ArrayList<>(List.of("bash", script.toString(), temp.toString(), "1", "60", nodes));
        command.addAll(List.of("localhost", "bash", "-c", program));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        OutputStream to = Files.newOutputStream(temp.resolve("pod.log"));
        Process process = builder.start();
        Thread log = new Thread(() -> {
            try (to;
                    InputStream from = process.getInputStream()) {
                from.transferTo(to);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        log.setDaemon(true);
        log.start();
        logs.add(log);
        return process;
    }
}
