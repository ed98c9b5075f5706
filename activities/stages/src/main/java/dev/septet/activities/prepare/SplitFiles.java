package dev.septet.activities.prepare;

import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The second pass over the rows: writes every row to the files of its split. */
final class SplitFiles {
    private final Path scratch;
    private final Path out;
    private int longestRow;
    private int each;

    SplitFiles(Path scratch, Path out) {
        this.scratch = scratch;
        this.out = out;
    }

    /** Writes all rows of a prepared dataset to one file, split after split. */
    static void join(Path dataset, Path all) throws IOException {
        try (OutputStream out = Files.newOutputStream(all)) {
            for (SplitName name : SplitName.values()) {
                Files.copy(dataset.resolve(name.word() + ".jsonl"), out);
            }
        }
    }

    Map<String, DatasetCard.SplitCard> write(Spool kept, Split split) throws IOException {
        Map<String, DatasetCard.SplitCard> cards = new LinkedHashMap<>();
        for (SplitName name : SplitName.values()) {
            Spool share = new Spool(scratch.resolve(name.word()));
            cards.put(name.word(), lines(name, kept, split, share));
            TokenDatasetWriter.write(out.resolve(name.word() + ".safetensors"), each, () -> rows(share.iterator()));
        }
        return cards;
    }

    /** Tokens of the longest row of all splits. */
    int longestRow() {
        return longestRow;
    }

    private DatasetCard.SplitCard lines(SplitName name, Spool kept, Split split, Spool share) throws IOException {
        DatasetCard.SplitCard card = new DatasetCard.SplitCard(0, 0, 0);
        try (JsonLinesFile lines = new JsonLinesFile(out.resolve(name.word() + ".jsonl"));
                Spool.Writer tokens = share.writer()) {
            for (Spool.Entry entry : kept) {
                each = each == 0 ? entry.rows().size() : each;
                if (entry.rows().size() != each) {
                    throw new IllegalStateException("pairs and single rows in one dataset");
                }
                if (split.of(entry.key()) == name) {
                    lines.line(entry.line());
                    tokens.add(entry);
                    card = card.plus(tokens(entry), lossTokens(entry));
                    longestRow = Math.max(longestRow, longest(entry));
                }
            }
        }
        return card;
    }

    private static int tokens(Spool.Entry entry) {
        return entry.rows().stream().mapToInt(row -> row.tokens().length).sum();
    }

    private static int longest(Spool.Entry entry) {
        return entry.rows().stream().mapToInt(row -> row.tokens().length).max().orElse(0);
    }

    private static int lossTokens(Spool.Entry entry) {
        return entry.rows().stream().mapToInt(TokenDataset.Row::lossTokens).sum();
    }

    private static Iterator<TokenDataset.Row> rows(Iterator<Spool.Entry> entries) {
        return Stream.iterate(entries, Iterator::hasNext, UnaryOperator.identity())
                .flatMap(each -> each.next().rows().stream())
                .iterator();
    }
}
