package dev.septet.examples.kills;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Kills trainings of every method at one and at two threads, and prints a table in Markdown. */
public final class KillBenchmark {
    private static final String PACE =
            "steps 60; batch size: 4, accumulate: 2; learningRate constant(1e-3); checkpoint every: 3.steps,"
                    + " keep: 2; validate every: 20.steps";

    private KillBenchmark() {}

    /**
     * Usage: {@code KillBenchmark BASE_MODEL KILLS SEED [METHOD...]}; ends with 1 if bytes differ.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> methods =
                arguments.length > 3
                        ? List.of(arguments).subList(3, arguments.length)
                        : List.of("lora()", "dora()", "qlora()", "full()");
        boolean all = true;
        System.out.println(
                "| method | threads | kills | inside saves | runs | equal |\n"
                        + "| --- | --- | --- | --- | --- | --- |");
        for (String method : methods) {
            for (int threads = 1; threads <= 2; threads++) {
                Kills.Outcome outcome =
                        new Kills(
                                        Files.createTempDirectory("septet-kills"),
                                        "method " + method + "; " + PACE,
                                        Path.of(arguments[0]),
                                        threads,
                                        Long.parseLong(arguments[2]))
                                .run(Integer.parseInt(arguments[1]));
                System.out.printf(
                        "| %s | %d | %d | %d | %d | %d |%n",
                        method,
                        threads,
                        outcome.kills(),
                        outcome.insideSaves(),
                        outcome.runs(),
                        outcome.equal());
                all &= outcome.holds();
            }
        }
        System.exit(all ? 0 : 1);
    }
}
