package dev.septet.activities.prepare;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The work of the prepare stage without Temporal. It reads a source row by row, keeps the good rows
 * in a scratch file, then distributes them to the splits. Memory grows by about forty bytes per
 * row, for duplicates and the split. Equal inputs give equal bytes.
 */
public final class Preparation {
    private final PrepareSpec spec;
    private final SourceFile source;
    private final SourceDigest digest;
    private final RowEncoder encoder;
    private final String tokenizer;
    private final long splitSeed;

    /**
     * @param encoder encoder of the base model
     * @param tokenizer digest of the base model's tokenizer, for the card
     */
    public Preparation(
            PrepareSpec spec,
            SourceFile source,
            SourceDigest digest,
            RowEncoder encoder,
            String tokenizer,
            long splitSeed) {
        this.spec = spec;
        this.source = source;
        this.digest = digest;
        this.encoder = encoder;
        this.tokenizer = tokenizer;
        this.splitSeed = splitSeed;
    }

    /**
     * Creates the dataset's files.
     *
     * @param scratch an empty folder for the rows between the passes
     * @param out an empty folder for the dataset
     * @param rowsRead receives the number of rows read, after each row
     * @throws DatasetProblem when the source cannot be used, or has more bad rows than allowed
     */
    public DatasetCard run(Path scratch, Path out, LongConsumer rowsRead) throws IOException {
        return run(AddedRows.NONE, scratch, out, rowsRead);
    }

    /**
     * Creates the dataset's files with additional rows.
     *
     * @param mix rows in addition to the source's rows
     */
    DatasetCard run(AddedRows mix, Path scratch, Path out, LongConsumer rowsRead) throws IOException {
        Spool kept = new Spool(scratch.resolve("kept"));
        SplitKeys keys = new SplitKeys(splitSeed);
        SplitFiles.Sizes sizes = new SplitFiles.Sizes();
        Cleaning.Outcome cleaned;
        try (Cleaning cleaning = Cleaning.of(spec, source, digest, encoder, out);
                Spool.Writer sink = kept.writer()) {
            Spool.Sink measured = entry -> {
                sizes.add(entry);
                sink.add(entry);
            };
            cleaned = cleaning.run(measured, keys, mix.reviewed(), rowsRead);
        }
        cleaned.requireRows(spec, source);
        SplitFiles splits = new SplitFiles(out);
        Split split = new Split(spec.split(), keys.sorted());
        Map<String, DatasetCard.SplitCard> shares = splits.write(kept, split, keys, sizes);
        SourceFile added = mix.general();
        DatasetCard.General general = added == null ? null : GeneralRows.write(added, encoder, out);
        DatasetCard card = new DatasetCard(
                new DatasetCard.Source(
                        source.name(), digest.sha256(), digest.bytes(), cleaned.format(), cleaned.decidedBy()),
                cleaned.rows(),
                shares,
                splitSeed,
                cleaned.redactions(),
                Math.max(splits.longestRow(), general == null ? 0 : general.longestRow()),
                spec.maxTokens(),
                tokenizer,
                mix.reviewed() == null ? null : new DatasetCard.Mixed(true),
                general);
        Files.writeString(
                out.resolve(DatasetCard.FILE),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n",
                StandardCharsets.UTF_8);
        return card;
    }
}
