package dev.septet.examples.attacks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that opens the hostile inputs of one kind, and the supervision of it. An input that
 * ends the process, hangs it, or uses all of its memory is a finding. The supervising process
 * records it and continues after that input.
 */
final class FuzzProcess {
    /** Heap of the process that opens untrusted files, in megabytes. */
    static final int HEAP = 256;

    /** File that a process writes when it can open inputs; it names the entry that opens them. */
    private static final String BEGUN = "begun";

    private static final int HARMED = 9;
    private static final String PROGRESS = "progress";
    private static final int NUMBERS = 6;

    /** Time after which an input in a sandbox counts as hanging; longer than any input may take. */
    private static final Duration HANGS = Duration.ofMinutes(4);

    /** The same time without a sandbox; the input is then opened again in a sandbox. */
    private static final Duration SLOW = Duration.ofSeconds(20);

    private final String kind;
    private final Path home;
    private final long seed;
    private final Path folder;

    /**
     * @param home the checkout
     * @param folder folder for findings, logs and scratch files
     */
    FuzzProcess(String kind, Path home, long seed, Path folder) {
        this.kind = kind;
        this.home = home;
        this.seed = seed;
        this.folder = folder;
    }

    /**
     * Counts in a file that both processes map, so that they survive the death of the writing
     * process.
     */
    private record Progress(LongBuffer numbers) {
        static Progress open(Path folder) throws IOException {
            Files.createDirectories(folder);
            try (RandomAccessFile file =
                    new RandomAccessFile(folder.resolve(PROGRESS).toFile(), "rw")) {
                long bytes = (long) NUMBERS * Long.BYTES;
                file.setLength(bytes);
                return new Progress(file.getChannel()
                        .map(FileChannel.MapMode.READ_WRITE, 0, bytes)
                        .asLongBuffer());
            }
        }

        void write(AttackTally tally, boolean guarded) {
            numbers.put(5, guarded ? 1 : 0);
            numbers.put(1, tally.accepted());
            numbers.put(2, tally.refused());
            numbers.put(3, tally.findings());
            numbers.put(4, tally.slowest());
            numbers.put(0, tally.next());
        }

        boolean guarded() {
            return numbers.get(5) == 1;
        }

        AttackTally read() {
            return new AttackTally(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3), numbers.get(4));
        }
    }

    /**
     * Runs and supervises processes until the time is over or this number of inputs were opened.
     *
     * @throws IOException when a process ends before its first input, so that there is no result
     */
    AttackTally run(Duration time, long max) throws IOException, InterruptedException {
        Path own = folder.resolve(kind);
        Progress progress = Progress.open(own);
        progress.write(AttackTally.NONE, true);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0 && progress.read().next() < max) {
            long left = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()));
            Files.deleteIfExists(own.resolve(BEGUN));
            Process process = start(own, left, max);
            boolean ended = watched(process, progress);
            if (ended && process.exitValue() == 0) {
                break;
            }
            if (!Files.exists(own.resolve(BEGUN))) {
                throw new IOException("%s: the process does not start; see %s".formatted(kind, own.resolve("log")));
            }
            if (progress.guarded()) {
                dead(progress, ended ? "it ended with status " + process.exitValue() : "it hung");
            }
        }
        return progress.read();
    }

    /** The entry that opened the inputs. */
    String entry() throws IOException {
        return Files.readString(folder.resolve(kind).resolve(BEGUN));
    }

    /** Waits for the process, and kills it if it hangs. Returns whether it ended by itself. */
    private static boolean watched(Process process, Progress progress) throws InterruptedException {
        long seen = -1;
        long since = System.nanoTime();
        while (!process.waitFor(1, TimeUnit.SECONDS)) {
            long next = progress.read().next();
            if (next != seen) {
                seen = next;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > (progress.guarded() ? HANGS : SLOW).toNanos()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                return false;
            }
        }
        return true;
    }

    private void dead(Progress progress, String how) throws IOException, InterruptedException {
        AttackTally tally = progress.read();
        try (AttackTarget target = target()) {
            Fuzzing fuzzing = fuzzing(target);
            fuzzing.report(tally.next(), fuzzing.input(tally.next()), "the process that opened it died: " + how);
        }
        progress.write(tally.found(0), true);
    }

    private AttackTarget target() throws IOException, InterruptedException {
        return AttackTargets.open(
                kind, new SeedCorpus(home), folder.resolve(kind).resolve("good"));
    }

    private Fuzzing fuzzing(AttackTarget target) {
        return new Fuzzing(
                target, seed, folder.resolve("findings"), folder.resolve(kind).resolve("scratch"));
    }

    private Process start(Path own, long seconds, long max) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx" + HEAP + "m",
                "-XX:+UseSerialGC",
                "-Doffline=true",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                "-Djava.io.tmpdir=" + Files.createDirectories(own.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                FuzzProcess.class.getName(),
                kind,
                home.toString(),
                Long.toString(seed),
                folder.toString(),
                Long.toString(seconds),
                Long.toString(max)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(own.resolve("log").toFile()));
        Map<String, String> environment = builder.environment();
        // Verdicts on hostile files must not get into the user's cache.
        environment.put("XDG_CACHE_HOME", own.resolve("cache").toString());
        environment.put("GOMP_SPINCOUNT", "0");
        return builder.start();
    }

    /** The main method of the process: {@code KIND CHECKOUT SEED FOLDER SECONDS INPUTS}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        FuzzProcess process = new FuzzProcess(
                arguments[0], Path.of(arguments[1]), Long.parseLong(arguments[2]), Path.of(arguments[3]));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[4]));
        long max = Long.parseLong(arguments[5]);
        Path own = process.folder.resolve(process.kind);
        Progress progress = Progress.open(own);
        Thread work = new Thread(
                () -> {
                    try (AttackTarget target = process.target()) {
                        Files.writeString(own.resolve(BEGUN), target.entry());
                        process.fuzzing(target)
                                .run(
                                        progress.read(),
                                        tally -> System.nanoTime() - end < 0 && tally.next() < max,
                                        progress::write);
                        System.exit(0);
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        e.printStackTrace();
                        System.exit(1);
                    } catch (VirtualMachineError harmed) {
                        Runtime.getRuntime().halt(HARMED);
                    }
                },
                "fuzzing");
        work.start(); // in a thread with the usual stack size
        work.join();
    }
}
