package dev.septet.activities.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.prepare.generate.Generation;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The second pass over the rows: writes every row to the files of its split. */
final class SplitFiles {
    private final Path out;
    private final LineageFile.@Nullable Writer lineage;
    private int longestRow;

    /**
     * @param lineage receives the origin of each row; null when rows are not traced
     */
    SplitFiles(Path out, LineageFile.@Nullable Writer lineage) {
        this.out = out;
        this.lineage = lineage;
    }

    /**
     * The sizes of what is kept, in the order of its keys: with them a split's files are written in
     * one pass.
     */
    static final class Sizes {
        private int[] tokens = new int[1024];
        private int size;
        private int each;

        /** One more, whose key was remembered last. */
        void add(Spool.Entry entry) {
            each = each == 0 ? entry.rows().size() : each;
            if (entry.rows().size() != each) {
                throw new IllegalStateException("pairs and single rows in one dataset");
            }
            if (size == tokens.length) {
                tokens = Arrays.copyOf(tokens, Math.multiplyExact(size, 2));
            }
            tokens[size++] = tokens(entry);
        }
    }

    /**
     * All rows of a prepared dataset in one file, split after split. Synthetic rows are left out: another pipeline would put
     * some of them into its test split. Only a row that replaces its training row stays, the first one of each.
     */
    static void join(Path dataset, Path all) throws IOException {
        // A column `synthetic` is the user's own in a dataset without made rows.
        JsonNode made = synthetic(dataset.resolve(DatasetCard.FILE));
        try (OutputStream out = Files.newOutputStream(all)) {
            for (SplitName name : SplitName.values()) {
                Path file = dataset.resolve(name.word() + ".jsonl");
                if (name == SplitName.TRAIN && made.isObject()) {
                    joinReal(file, made.path("kinds").has(Generation.kind(GenerateSpec.Kind.DISTILL)), out);
                } else {
                    Files.copy(file, out);
                }
            }
        }
    }

    private static JsonNode synthetic(Path card) throws IOException {
        return Files.exists(card)
                ? SpecJson.mapper().readTree(card.toFile()).path("synthetic")
                : MissingNode.getInstance();
    }

    /**
     * @param replaces whether some made rows may replace their training rows
     */
    private static void joinReal(Path file, boolean replaces, OutputStream out) throws IOException {
        DigestSet parents = new DigestSet();
        if (replaces) {
            eachLine(file, (line, parent) -> {
                if (parent == null) {
                    parents.add(RowJson.digest(PreparedRows.parse(line).row()));
                }
            });
        }
        eachLine(file, (line, parent) -> {
            // A replaced row is not in the file, so its digest is new.
            // A row of several parents replaces none of them.
            boolean single = parent != null && parent.indexOf(' ') < 0;
            if (parent == null
                    || (replaces && single && parents.add(HexFormat.of().parseHex(parent)))) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    @FunctionalInterface
    private interface LineUse {
        /**
         * @param parent digests of the training rows of a synthetic row, with a space between two; null for another row
         */
        void with(String line, @Nullable String parent) throws IOException;
    }

    private static void eachLine(Path file, LineUse use) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, JsonNode> columns = line.contains("\"" + SyntheticSpec.KIND + "\"")
                        ? PreparedRows.parse(line).meta().values()
                        : Map.of();
                JsonNode parent = columns.containsKey(SyntheticSpec.KIND) ? columns.get(SyntheticSpec.PARENT) : null;
                use.with(line, parent == null ? null : parent.asText());
            }
        }
    }

    Map<String, DatasetCard.SplitCard> write(List<Spool> kept, Mixture mixture, Sizes sizes) throws IOException {
        Map<SplitName, Long> examples = new EnumMap<>(SplitName.class);
        Map<SplitName, Long> tokens = new EnumMap<>(SplitName.class);
        for (int i = 0; i < sizes.size; i++) {
            long copies = mixture.copies(i);
            if (copies > 0) {
                examples.merge(mixture.split(i), copies, Long::sum);
                tokens.merge(mixture.split(i), copies * sizes.tokens[i], Long::sum);
            }
        }
        Map<String, DatasetCard.SplitCard> cards = new LinkedHashMap<>();
        try (Share train = share(SplitName.TRAIN, sizes.each, examples, tokens, mixture.weighted());
                Share validation = share(SplitName.VALIDATION, sizes.each, examples, tokens, false);
                Share test = share(SplitName.TEST, sizes.each, examples, tokens, false)) {
            int row = 0;
            for (Spool spool : kept) {
                for (Spool.Entry entry : spool) {
                    Share share = mixture.copies(row) == 0
                            ? null
                            : switch (mixture.split(row)) {
                                case TRAIN -> train;
                                case VALIDATION -> validation;
                                case TEST -> test;
                            };
                    if (share != null) {
                        trace(entry, mixture.split(row), share.rows() + 1);
                    }
                    for (int copy = mixture.copies(row); share != null && copy > 0; copy--) {
                        share.add(entry, mixture.weight(row));
                    }
                    row++;
                }
            }
            cards.put(SplitName.TRAIN.word(), train.finished());
            cards.put(SplitName.VALIDATION.word(), validation.finished());
            cards.put(SplitName.TEST.word(), test.finished());
        }
        return cards;
    }

    private void trace(Spool.Entry entry, SplitName split, long row) throws IOException {
        if (lineage != null) {
            lineage.add(split.word(), row, entry.origins(), entry.line());
        }
    }

    /** Tokens of the longest row of all splits. */
    int longestRow() {
        return longestRow;
    }

    private Share share(
            SplitName name, int each, Map<SplitName, Long> examples, Map<SplitName, Long> tokens, boolean weighted)
            throws IOException {
        long rows = each * examples.getOrDefault(name, 0L);
        TokenDatasetWriter writer = TokenDatasetWriter.create(
                out.resolve(name.word() + ".safetensors"), each, rows, tokens.getOrDefault(name, 0L), weighted);
        return new Share(new JsonLinesFile(out.resolve(name.word() + ".jsonl")), writer);
    }

    /** A split's files. */
    private final class Share implements Closeable {
        private final JsonLinesFile lines;
        private final TokenDatasetWriter tokens;
        private DatasetCard.SplitCard card = new DatasetCard.SplitCard(0, 0, 0);

        Share(JsonLinesFile lines, TokenDatasetWriter tokens) {
            this.lines = lines;
            this.tokens = tokens;
        }

        long rows() {
            return card.rows();
        }

        void add(Spool.Entry entry, float weight) throws IOException {
            lines.line(entry.line());
            for (TokenDataset.Row row : entry.rows()) {
                tokens.add(row, weight);
                longestRow = Math.max(longestRow, row.tokens().length);
            }
            card = card.plus(tokens(entry), lossTokens(entry));
        }

        DatasetCard.SplitCard finished() throws IOException {
            tokens.finish();
            return card;
        }

        @Override
        public void close() throws IOException {
            try (tokens) {
                lines.close();
            }
        }
    }

    private static int tokens(Spool.Entry entry) {
        return entry.rows().stream().mapToInt(row -> row.tokens().length).sum();
    }

    private static int lossTokens(Spool.Entry entry) {
        return entry.rows().stream().mapToInt(TokenDataset.Row::lossTokens).sum();
    }
}
