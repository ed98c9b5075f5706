package dev.septet.examples.kills;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One process of a training, from its start to its end or its death. */
final class Life {
    private final Process process;
    private final List<String> said = new ArrayList<>();
    private final @Nullable CountDownLatch cue;
    private final Thread listener;

    private Life(Path store, Path request, int threads, @Nullable Death death) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx400m",
                                "-Dai.djl.pytorch.num_threads=" + threads,
                                "-Doffline=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MortalTraining.class.getName(),
                                store.toString(),
                                request.toString())
                        .redirectErrorStream(true);
        process = builder.start();
        cue = death == null ? null : new CountDownLatch(death.cues());
        listener = new Thread(() -> listen(death == null ? "" : death.cue()), "listener");
        listener.start();
    }

    /** Lets it live; what it said. */
    static List<String> whole(Path store, Path request, int threads)
            throws IOException, InterruptedException {
        return new Life(store, request, threads, null).end();
    }

    /** Kills it at that moment, unless it ends before; what it had said. */
    static List<String> cutShort(Path store, Path request, int threads, Death death)
            throws IOException, InterruptedException {
        Life life = new Life(store, request, threads, death);
        while (life.process.isAlive()
                && life.cue != null
                && !life.cue.await(20, TimeUnit.MILLISECONDS)) {
            // It has not come to the moment yet.
        }
        if (!life.process.waitFor(death.millis(), TimeUnit.MILLISECONDS)) {
            life.process.destroyForcibly(); // SIGKILL
        }
        return life.end();
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
