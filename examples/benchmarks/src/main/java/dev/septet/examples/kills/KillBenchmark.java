package dev.septet.examples.kills;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Kills trainings of every method at one and at two threads, and prints a table in Markdown. */
public final class KillBenchmark {
    /** Steps per kill: enough that one run mostly takes all kills. */
    private static final int STEPS_FOR_A_KILL = 4;

    private static final int USAGE = 2;
    private static final int LEFT = 3;

    private KillBenchmark() {}

    /**
     * Usage: {@code KillBenchmark BASE_MODEL PRECISION KILLS SEED FOLDER SECONDS [METHOD...]}.
     * Continues from the state in FOLDER, and stops between two processes after SECONDS. Exits with
     * 1 if bytes differ. Exits with 2 if the precision or a method is invalid; {@code lora()} is a
     * valid method. Exits with 3 if it stopped before its end.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            System.exit(kill(arguments));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(USAGE);
        }
    }

    private static int kill(String[] arguments) throws IOException, InterruptedException {
        String precision = arguments[1];
        List<String> methods = arguments.length > 6
                ? List.of(arguments).subList(6, arguments.length)
                : List.of("lora()", "dora()", "qlora()", "full()");
        int kills = Integer.parseInt(arguments[2]);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.parseLong(arguments[5])).toNanos();
        boolean all = true;
        System.out.println("| method | precision | threads | kills | inside saves | runs | equal |\n"
                + "| --- | --- | --- | --- | --- | --- | --- |");
        for (String method : methods) {
            for (int threads = 1; threads <= 2; threads++) {
                Optional<Kills.Outcome> outcome = new Kills(
                                Path.of(arguments[4]).resolve(method.replaceAll("\\W", "-") + threads),
                                Kills.stages(method, precision, STEPS_FOR_A_KILL * kills),
                                Path.of(arguments[0]),
                                threads,
                                Long.parseLong(arguments[3]))
                        .run(kills, () -> System.nanoTime() - end > 0);
                if (outcome.isEmpty()) {
                    return LEFT;
                }
                System.out.println(row(method, precision, outcome.get()));
                all &= outcome.get().holds();
            }
        }
        return all ? 0 : 1;
    }

    private static String row(String method, String precision, Kills.Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %d | %d | %d |",
                method,
                precision,
                outcome.threads(),
                outcome.kills(),
                outcome.insideSaves(),
                outcome.runs(),
                outcome.equal());
    }
}
