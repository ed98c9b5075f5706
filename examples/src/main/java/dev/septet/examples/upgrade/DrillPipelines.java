package dev.septet.examples.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The pipelines of the drill: small trainings that differ in their seed, so that no run can reuse another run's results.
 *
 * @param folder folder of all pipeline files, with their data and their base model
 * @param steps steps of each training
 */
record DrillPipelines(Path folder, int steps) {
    /** Every fourth pipeline has a monitor. */
    private static final int MONITORED = 4;

    private static final int ROWS = 64;

    /**
     * Writes the files.
     *
     * @param quickstart the example whose data and base model they use
     * @param number number of pipelines
     */
    static DrillPipelines write(Path folder, Path quickstart, int number, int steps) throws IOException {
        Files.createDirectories(folder.resolve("data"));
        copy(quickstart.resolve("base-model"), folder.resolve("base-model"));
        List<String> tickets = Files.readAllLines(quickstart.resolve("data/tickets.jsonl"));
        Files.write(folder.resolve("data/tickets.jsonl"), tickets.subList(0, Math.min(ROWS, tickets.size())));
        Files.writeString(folder.resolve("audit.jsonl"), "");
        DrillPipelines pipelines = new DrillPipelines(folder, steps);
        for (int at = 0; at < number; at++) {
            Files.writeString(folder.resolve(name(at) + ".groovy"), pipelines.text(at));
        }
        return pipelines;
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "desk-%02d", number);
    }

    static boolean monitored(int number) {
        return number % MONITORED == 0;
    }

    /** The names of the first pipelines. */
    static List<String> names(int number) {
        return IntStream.range(0, number).mapToObj(DrillPipelines::name).toList();
    }

    private String text(int number) {
        return String.format(Locale.ROOT, """
                pipeline('%1$s') {
                    prepare {
                        dataset 'data/tickets.jsonl', format: chat
                        split train: 80.percent, validation: 10.percent, test: 10.percent
                        maxTokens 256
                        heartbeat 10.seconds
                    }
                    initialize { model 'base-model' }
                    setup { seed %2$d; heartbeat 10.seconds }
                    train {
                        method lora { rank 8; alpha 16 }
                        steps %3$d
                        batch size: 8
                        learningRate constant(1e-3)
                        checkpoint every: 4.steps, keep: 2
                        heartbeat 10.seconds
                        retry attempts: 30, backoff: 1.seconds, factor: 1.0
                    }
                    evaluate {
                        metric loss
                        limit 4
                        maxNewTokens 8
                        samples 1
                        heartbeat 10.seconds
                        retry attempts: 30, backoff: 1.seconds, factor: 1.0
                    }
                    deploy {
                        target directory('out/%1$s')
                        heartbeat 10.seconds
                        retry attempts: 30, backoff: 1.seconds, factor: 1.0
                    }
                %4$s}
                """, name(number), 100 + number, steps, monitored(number) ? """
                            monitor {
                                every 1.seconds
                                log 'audit.jsonl'
                                minimum 100000
                                drift psi, on: promptLength, above: 0.9
                            }
                        """ : "");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
