package dev.septet.examples.benchmarks.cleaning;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.prepare.duplicate.NearDuplicates;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Measures {@code deduplicate near:} on one core: documents and characters per second of processor time, and the memory
 * per row. Documents are random words; one of ten is an earlier document with some other words.
 */
public final class NearDuplicateSpeed {
    private static final int WORDS = 20_000;
    private static final double SECOND = 1e9;

    private final Random random = new Random(1);
    private final String[] words = new String[WORDS];

    private NearDuplicateSpeed() {
        for (int i = 0; i < WORDS; i++) {
            StringBuilder word = new StringBuilder();
            for (int letters = 2 + random.nextInt(8); letters > 0; letters--) {
                word.append((char) ('a' + random.nextInt(26)));
            }
            words[i] = word.toString();
        }
    }

    /** Usage: {@code NearDuplicateSpeed DOCUMENTS CHARACTERS...}. */
    public static void main(String[] arguments) throws IOException {
        int documents = Integer.parseInt(arguments[0]);
        System.out.println(
                "| characters | similarity | documents/s | characters/s | removed | MiB of heap per million rows |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        for (int i = 1; i < arguments.length; i++) {
            int characters = Integer.parseInt(arguments[i]);
            new NearDuplicateSpeed().measure(Math.min(documents, 20_000), characters, 0.8, false); // warm-up
            for (double similarity : new double[] {0.7, 0.8, 0.9}) {
                new NearDuplicateSpeed().measure(documents, characters, similarity, true);
            }
        }
    }

    private void measure(int documents, int characters, double similarity, boolean print) throws IOException {
        Path folder = Files.createTempDirectory("near-duplicates");
        CleaningSpec.NearDuplicates spec = new CleaningSpec.NearDuplicates(similarity, CleaningSpec.RowText.BOTH);
        long cpu = 0;
        long before = heap();
        try (NearDuplicates near = new NearDuplicates(spec, folder.resolve("texts"))) {
            String[] earlier = new String[1000];
            for (int i = 0; i < documents; i++) {
                String text =
                        i % 10 == 9 ? changed(earlier[random.nextInt(Math.min(i, earlier.length))]) : text(characters);
                earlier[i % earlier.length] = text;
                Row row = new TextRow(text, new RowPlace("rows.jsonl", i + 1));
                long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                near.removes(row);
                cpu += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
            }
            long bytes = heap() - before;
            if (print) {
                System.out.printf(
                        "| %,d | %.1f | %,.0f | %,.0f | %,d | %,.0f |%n",
                        characters,
                        similarity,
                        documents * SECOND / cpu,
                        (double) documents * characters * SECOND / cpu,
                        near.removed(),
                        (double) bytes / documents * 1e6 / (1 << 20));
            }
        } finally {
            Files.deleteIfExists(folder.resolve("texts"));
            Files.delete(folder);
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private String text(int characters) {
        StringBuilder text = new StringBuilder(characters + 16);
        while (text.length() < characters) {
            text.append(words[random.nextInt(WORDS)]).append(' ');
        }
        return text.substring(0, characters);
    }

    private String changed(String text) {
        String[] parts = text.split(" ");
        for (int i = random.nextInt(1 + parts.length / 10); i > 0; i--) {
            parts[random.nextInt(parts.length)] = words[random.nextInt(WORDS)];
        }
        return String.join(" ", parts);
    }
}
