package dev.septet.examples.benchmarks.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tests that training is deterministic. It starts processes with the same training one after the
 * other, and compares each step's bits and each result's bytes with those of the first process. For
 * a difference it prints the training's configuration and the first step that differs.
 */
public final class Soak {
    private final Path model;
    private final Path scratch;
    private final String threads;

    private Soak(Path model, Path scratch, String threads) {
        this.model = model;
        this.scratch = scratch;
        this.threads = threads;
    }

    /**
     * Usage: {@code Soak MODEL_FOLDER PROCESSES}, with the number of threads of each process in the
     * property {@code ai.djl.pytorch.num_threads}. Exits with 1 when bits differ.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int processes = Integer.parseInt(arguments[1]);
        Path scratch = Files.createTempDirectory("septet-soak");
        String threads = System.getProperty("ai.djl.pytorch.num_threads", "2");
        Soak soak = new Soak(Path.of(arguments[0]), scratch, threads);
        Map<String, String> first = soak.process();
        int runs = results(first);
        int different = 0;
        for (int process = 1; process < processes; process++) {
            Map<String, String> bits = soak.process();
            runs += results(bits);
            different += compare(process, first, bits);
            System.out.printf("%d processes, %d trainings, %d different%n", process + 1, runs, different);
        }
        System.exit(different == 0 ? 0 : 1);
    }

    private static int results(Map<String, String> bits) {
        return (int) bits.keySet().stream()
                .filter(place -> place.endsWith(", result"))
                .count();
    }

    /** Prints the first difference of each training that differs, and returns their number. */
    private static int compare(int process, Map<String, String> expected, Map<String, String> actual) {
        Map<String, String> firsts = new LinkedHashMap<>();
        expected.forEach((place, bits) -> {
            String other = actual.getOrDefault(place, "nothing");
            if (!bits.equals(other)) {
                firsts.putIfAbsent(
                        place.substring(0, place.lastIndexOf(',')),
                        "%s: %s, at first %s".formatted(place, other, bits));
            }
        });
        firsts.values().forEach(text -> System.out.printf("process %d, %s%n", process, text));
        return firsts.size();
    }

    /** The output of one process: bits by place, in its order. */
    private Map<String, String> process() throws IOException, InterruptedException {
        Path log = scratch.resolve("process.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Dai.djl.pytorch.num_threads=" + threads,
                        "-cp",
                        System.getProperty("java.class.path"),
                        SoakedRun.class.getName(),
                        model.toString(),
                        scratch.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("a process failed: " + Files.readString(log));
        }
        Map<String, String> bits = new LinkedHashMap<>();
        for (String line : Files.readAllLines(log)) {
            int comma = line.lastIndexOf(", ");
            if (line.matches(".*, (step \\d+|result), [0-9a-f ]+")) {
                bits.put(line.substring(0, comma), line.substring(comma + 2));
            }
        }
        return bits;
    }
}
