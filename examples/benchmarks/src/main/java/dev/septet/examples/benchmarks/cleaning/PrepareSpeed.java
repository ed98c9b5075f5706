package dev.septet.examples.benchmarks.cleaning;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Rows for a benchmark of the prepare stage, and the stage's work on them without Temporal. Half of the rows of a generated
 * file are new; a fifth are copies of one of the 1,000 rows before, and three tenths are such a row with up to a tenth of its
 * words changed. A tenth of the texts have an e-mail address, and a twentieth of the answers are short.
 */
public final class PrepareSpeed {
    private static final int WORDS = 20_000;
    private static final int RECENT = 1000;
    private static final int MAX_TOKENS = 1024;

    private final Random random = new Random(1);
    private final String[] words = new String[WORDS];

    private final int rowWords;

    private PrepareSpeed(int rowWords) {
        this.rowWords = rowWords;
        for (int i = 0; i < WORDS; i++) {
            StringBuilder word = new StringBuilder();
            for (int letters = 2 + random.nextInt(8); letters > 0; letters--) {
                word.append((char) ('a' + random.nextInt(26)));
            }
            words[i] = word.toString();
        }
    }

    /**
     * Usage: {@code PrepareSpeed generate FILE MEGABYTES WORDS} writes rows of this many words. {@code PrepareSpeed run FILE MODEL
     * near|exact SCRATCH} prepares them, and prints what it found as JSON. The model {@code bytes} makes a token of four bytes of the
     * answer, to measure memory without a tokenizer.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("generate")) {
            new PrepareSpeed(Integer.parseInt(arguments[3]))
                    .generate(Path.of(arguments[1]), Long.parseLong(arguments[2]) * 1_000_000);
        } else if (arguments[2].equals("bytes")) {
            run(Path.of(arguments[1]), BYTES, "bytes", arguments[3].equals("near"), Path.of(arguments[4]));
        } else {
            try (ModelRowEncoder encoder = new ModelRowEncoder(Path.of(arguments[2]), MAX_TOKENS)) {
                run(
                        Path.of(arguments[1]),
                        encoder,
                        encoder.digest(),
                        arguments[3].equals("near"),
                        Path.of(arguments[4]));
            }
        }
    }

    private void generate(Path file, long bytes) throws IOException {
        String[] recent = new String[RECENT];
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            long written = 0;
            for (int i = 0; written < bytes; i++) {
                int kind = i < RECENT ? 0 : random.nextInt(10);
                String row = recent[random.nextInt(RECENT)];
                if (kind < 5) {
                    row = row();
                } else if (kind > 6) {
                    row = changed(row);
                }
                recent[i % RECENT] = row;
                out.write(row);
                out.write('\n');
                written += row.length() + 1;
            }
        }
    }

    private String row() {
        String mail = random.nextInt(10) == 0 ? " write to " + word() + "@" + word() + ".example.org" : "";
        int question = rowWords / 4;
        int answer = random.nextInt(20) == 0 ? 2 : rowWords - question;
        return "{\"prompt\":\"%s%s\",\"completion\":\"%s\"}".formatted(text(question), mail, text(answer));
    }

    private String text(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(word());
        }
        return text.toString();
    }

    private String word() {
        return words[random.nextInt(WORDS)];
    }

    private String changed(String row) {
        String[] parts = row.split(" ");
        for (int i = 1 + random.nextInt(1 + parts.length / 10); i > 0; i--) {
            int at = 1 + random.nextInt(parts.length - 1);
            if (parts[at].chars().allMatch(Character::isLetter)) {
                parts[at] = word();
            }
        }
        return String.join(" ", parts);
    }

    private static final RowEncoder BYTES = new RowEncoder() {
        @Override
        public TokenDataset.Row encode(Row row) {
            byte[] bytes = row.reference().orElse("").getBytes(StandardCharsets.UTF_8);
            int[] tokens = new int[1 + bytes.length / 4];
            Arrays.setAll(tokens, i -> Arrays.hashCode(Arrays.copyOfRange(bytes, 4 * i, 4 * i + 4)) & 0x3FFF);
            byte[] mask = new byte[tokens.length];
            Arrays.fill(mask, (byte) 1);
            return new TokenDataset.Row(tokens, mask);
        }

        @Override
        public TokenDataset.Row encodeStart(Row row) {
            return encode(row);
        }
    };

    private static void run(Path file, RowEncoder encoder, String tokenizer, boolean near, Path scratch)
            throws IOException {
        PrepareSpec spec = spec(near);
        Path between = Files.createDirectory(scratch.resolve("scratch"));
        Path out = Files.createDirectory(scratch.resolve("out"));
        long start = System.nanoTime();
        DatasetCard card = new Preparation(
                        spec,
                        SourceSet.of(spec, new SourceFile(file, "rows.jsonl")),
                        SourceDigest.of(file),
                        encoder,
                        tokenizer,
                        1)
                .run(between, out, rows -> {
                    if (rows % 500_000 == 0) {
                        System.err.printf(
                                "%,d rows, %,d s, heap at most %,d MB, scratch files %,d MB%n",
                                rows,
                                (System.nanoTime() - start) / 1_000_000_000,
                                heapPeak() / 1_000_000,
                                size(between) / 1_000_000);
                    }
                });
        System.out.printf(
                "{\"read\":%d,\"filtered\":%d,\"duplicates\":%d,\"near\":%d,\"kept\":%d,\"tokens\":%d,\"emails\":%d,"
                        + "\"seconds\":%d,\"heapMB\":%d}%n",
                card.rows().read(),
                card.rows().filtered(),
                card.rows().duplicates(),
                card.rows().nearDuplicates(),
                card.rows().kept(),
                card.splits().values().stream()
                        .mapToLong(DatasetCard.SplitCard::tokens)
                        .sum(),
                card.redactions().getOrDefault("email", 0L),
                (System.nanoTime() - start) / 1_000_000_000,
                heapPeak() / 1_000_000);
    }

    private static PrepareSpec spec(boolean near) {
        String source = "pipeline('p') {\nprepare {\ndataset 'rows.jsonl', format: completion\n"
                + "filter { row.answer.length() > 20 }\nredact email\nmaxTokens %d, longer: truncate\ndeduplicate exact"
                + (near ? ", near: 0.8" : "") + "\n}\ninitialize { model 'm/x' }\ntrain { method lora() }\n}\n";
        var compilation =
                PipelineCompiler.compile(PipelineSource.of("p.groovy", source.formatted(MAX_TOKENS)), Map.of());
        return compilation
                .spec()
                .orElseThrow(() -> new IllegalArgumentException(compilation.printed()))
                .prepare();
    }

    /** The sum of the largest sizes of the heap's parts, in bytes: never less than the largest size of the heap. */
    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    private static long size(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            return -1;
        }
    }
}
