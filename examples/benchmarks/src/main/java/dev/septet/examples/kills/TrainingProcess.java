package dev.septet.examples.kills;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One process of a training, from its start until it ends or is killed. */
final class TrainingProcess {
    private final Process process;
    private final List<String> said = new ArrayList<>();
    private final @Nullable CountDownLatch cue;
    private final Thread listener;

    /**
     * The parameters with which a process is started.
     *
     * @param request file with the training request
     */
    record Start(Path store, Path request, int threads, ClassArchive archive) {
        /** Runs a process to its end and returns its output lines. */
        List<String> whole() throws IOException, InterruptedException {
            return new TrainingProcess(this, null).end();
        }

        /**
         * Kills a process at the given time, unless it ends before, and returns its output lines.
         */
        List<String> cutShort(Death death) throws IOException, InterruptedException {
            TrainingProcess life = new TrainingProcess(this, death);
            while (life.process.isAlive() && life.cue != null && !life.cue.await(20, TimeUnit.MILLISECONDS)) {
                // It is not yet time for the kill.
            }
            if (!life.process.waitFor(death.millis(), TimeUnit.MILLISECONDS)) {
                life.process.destroyForcibly(); // SIGKILL
            }
            return life.end();
        }

        private List<String> command() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(archive.options());
            command.addAll(List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx400m",
                    "-Dai.djl.pytorch.num_threads=" + threads,
                    "-Doffline=true",
                    "-cp",
                    System.getProperty("java.class.path"),
                    MortalTraining.class.getName(),
                    store.toString(),
                    request.toString()));
            return command;
        }
    }

    private TrainingProcess(Start start, @Nullable Death death) throws IOException {
        process = new ProcessBuilder(start.command()).redirectErrorStream(true).start();
        cue = death == null ? null : new CountDownLatch(death.cues());
        listener = new Thread(() -> listen(death == null ? "" : death.cue()), "listener");
        listener.start();
    }

    private List<String> end() throws InterruptedException {
        process.waitFor();
        listener.join();
        return said;
    }

    private void listen(String word) {
        try (BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                said.add(line);
                if (cue != null && line.equals(word)) {
                    cue.countDown();
                }
            }
        } catch (IOException e) {
            said.add("its output broke off: " + e.getMessage());
        }
    }
}
