package dev.septet.examples.attacks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Fuzzes every kind of untrusted input, and prints a Markdown table. */
public final class AttackSuite {
    private static final int USAGE = 2;

    private AttackSuite() {}

    /**
     * Usage: {@code AttackSuite CHECKOUT FOLDER MINUTES SEED ATONCE [KIND...]}. Exits with 1 if
     * there was a finding. {@code FOLDER/findings} has the input and a description of each finding.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            System.exit(run(arguments, System.out, Clock.systemUTC()));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(USAGE);
        }
    }

    private static int run(String[] arguments, PrintStream out, Clock clock) throws IOException, InterruptedException {
        Path home = Path.of(arguments[0]).toAbsolutePath().normalize();
        Path folder = Files.createDirectories(Path.of(arguments[1]).toAbsolutePath());
        Duration time = Duration.ofSeconds(Math.round(60 * Double.parseDouble(arguments[2])));
        long seed = Long.parseLong(arguments[3]);
        int atOnce = Integer.parseInt(arguments[4]);
        List<String> kinds =
                arguments.length > 5 ? List.of(arguments).subList(5, arguments.length) : AttackTargets.NAMES;
        for (String kind : kinds) {
            if (!AttackTargets.NAMES.contains(kind)) {
                throw new IllegalArgumentException(
                        "there is no kind '%s'; known are %s".formatted(kind, String.join(", ", AttackTargets.NAMES)));
            }
        }
        List<Future<ResultTable.Line>> running = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(atOnce);
        for (String kind : kinds) {
            running.add(pool.submit(() -> {
                FuzzProcess process = new FuzzProcess(kind, home, seed, folder);
                AttackTally tally = process.run(time, Long.MAX_VALUE);
                System.err.printf("%s: %s%n", kind, tally);
                return new ResultTable.Line(kind, process.entry(), tally);
            }));
        }
        List<ResultTable.Line> lines = new ArrayList<>();
        try {
            for (Future<ResultTable.Line> line : running) {
                lines.add(line.get());
            }
        } catch (ExecutionException failed) {
            System.err.println(String.valueOf(failed.getCause()));
            return USAGE;
        } finally {
            pool.shutdownNow();
        }
        out.print(ResultTable.text(clock.instant(), seed, time, lines));
        return lines.stream().allMatch(line -> line.tally().findings() == 0) ? 0 : 1;
    }
}
