package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A task file of lm-evaluation-harness, ready to be asked.
 *
 * @param spec what the pipeline file says of it
 * @param name of the task or group
 * @param tasks the task, or the tasks of the group
 * @param measures what is measured; one of each group metric, or each metric of the task
 * @param files digest of the files that were read
 */
public record Benchmark(
        BenchmarkSpec spec, String name, List<BenchmarkTask> tasks, List<BenchmarkMeasure> measures, String files) {
    public Benchmark {
        tasks = List.copyOf(tasks);
        measures = List.copyOf(measures);
    }

    /**
     * Reads a task file, the files that it includes, and its rows.
     *
     * @throws StageProblem INVALID_PIPELINE naming file, line and setting that cannot be used; POISON_DATA for a bad row
     */
    public static Benchmark read(BenchmarkSpec spec, BenchmarkFiles.Opener opener) throws IOException {
        Benchmark benchmark = new TaskGroups(spec, new BenchmarkFiles(opener)).read();
        benchmark.gated(); // a metric that does not exist is refused now
        return benchmark;
    }

    /** The measure that the gate judges. */
    public BenchmarkMeasure gated() {
        String wanted = spec.metric();
        if (wanted == null) {
            return measures.get(0);
        }
        return measures.stream()
                .filter(measure ->
                        measure.title().equals(wanted) || measure.title().startsWith(wanted + ","))
                .findFirst()
                .orElseThrow(() -> StageProblem.invalid("benchmark '%s': has no metric '%s'; it has %s"
                        .formatted(
                                spec.file(),
                                wanted,
                                measures.stream().map(BenchmarkMeasure::title).collect(Collectors.joining(", ")))));
    }

    /** Name of a measure in scores, such as {@code arc_easy acc_norm, 5-shot}. */
    public String title(BenchmarkMeasure measure) {
        return name + " " + measure.title()
                + (spec.fewShot() == null ? "" : String.format(Locale.ROOT, ", %d-shot", spec.fewShot()));
    }

    /** All rows, task after task. */
    public List<BenchmarkTask.Row> rows() {
        return tasks.stream().flatMap(task -> task.rows().stream()).toList();
    }

    /** Digest of all requests in their order. */
    public String requestsDigest() {
        MessageDigest digest = Sha256.start();
        for (BenchmarkTask.Row row : rows()) {
            add(digest, Integer.toString(row.requests().size()));
            for (BenchmarkRequest request : row.requests()) {
                if (request instanceof BenchmarkRequest.Continuation pair) {
                    add(digest, "continuation", pair.context(), pair.continuation());
                } else if (request instanceof BenchmarkRequest.WholeText whole) {
                    add(digest, "text", whole.text());
                } else if (request instanceof BenchmarkRequest.Generation asked) {
                    add(digest, "generation", asked.context(), Integer.toString(asked.maxTokens()));
                    add(digest, asked.until().toArray(String[]::new));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String... texts) {
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
    }
}
