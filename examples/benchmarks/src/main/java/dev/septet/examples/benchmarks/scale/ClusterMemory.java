package dev.septet.examples.benchmarks.scale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of the processes that {@code septet dev} keeps running.
 *
 * @param dev process id of {@code septet dev}
 */
record ClusterMemory(long dev) {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final double KIB_PER_MIB = 1024;

    /** Field of /proc/PID/stat, after the command's name; the system's time follows. */
    private static final int USER_TIME = 11;

    private static final double TICKS = 100;

    /** Prints a table row for the server and each worker, with a label in the first cell. */
    void print(String label) throws IOException, InterruptedException {
        for (Map.Entry<String, ProcessHandle> process : processes().entrySet()) {
            long pid = process.getValue().pid();
            boolean java = process.getKey().endsWith("worker");
            double before = megabytes(pid, "VmRSS");
            String heap = java ? heap(pid) : "";
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.0f | %.0f | %s | %d |%n",
                    label,
                    process.getKey(),
                    before,
                    megabytes(pid, "VmHWM"),
                    heap,
                    (long) status(pid, "Threads"));
        }
    }

    private Map<String, ProcessHandle> processes() throws IOException {
        Map<String, ProcessHandle> found = new LinkedHashMap<>();
        for (ProcessHandle process :
                ProcessHandle.of(dev).orElseThrow().descendants().toList()) {
            String command = command(process.pid()).orElse("");
            String program = command.split(" ", 2)[0];
            if (!program.endsWith("java") && !program.endsWith("temporal")) {
                continue; // guards the process
            }
            if (command.contains("server start-dev")) {
                found.put("server", process);
            } else if (command.contains("worker --role light")) {
                found.put("light worker", process);
            } else if (command.contains("worker --role training")) {
                found.put("training worker", process);
            }
        }
        return found;
    }

    /** Processor seconds of each process since its start. */
    Map<String, Double> processorSeconds() throws IOException {
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Map.Entry<String, ProcessHandle> process : processes().entrySet()) {
            String stat = Files.readString(
                    Path.of("/proc", Long.toString(process.getValue().pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            seconds.put(
                    process.getKey(),
                    (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1])) / TICKS);
        }
        return seconds;
    }

    private static Optional<String> command(long pid) throws IOException {
        Path file = Path.of("/proc", Long.toString(pid), "cmdline");
        return Files.exists(file)
                ? Optional.of(Files.readString(file, StandardCharsets.UTF_8).replace('\0', ' '))
                : Optional.empty();
    }

    /** What the heap holds after a full collection, in MiB. */
    private static String heap(long pid) throws IOException, InterruptedException {
        run(pid, "GC.run");
        long kib = 0;
        Matcher used = USED.matcher(run(pid, "GC.heap_info").split("Metaspace", -1)[0]);
        while (used.find()) {
            kib += Long.parseLong(used.group(1));
        }
        return String.format(Locale.ROOT, "%.0f", kib / KIB_PER_MIB);
    }

    private static String run(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return output;
    }

    private static double megabytes(long pid, String name) throws IOException {
        return status(pid, name) / KIB_PER_MIB;
    }

    private static double status(long pid, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(name + ":")) {
                return Double.parseDouble(
                        line.substring(name.length() + 1).replace("kB", "").strip());
            }
        }
        return 0;
    }
}
