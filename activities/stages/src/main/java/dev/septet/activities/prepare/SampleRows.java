package dev.septet.activities.prepare;

import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of a dataset as {@code prepare} would write them, for a trial without a run.
 *
 * @param train rows of {@code train.jsonl}
 * @param validation rows of {@code validation.jsonl}
 * @param longest tokens of the longest row
 */
public record SampleRows(int train, int validation, int longest) {
    /** One row of this many goes to the validation split. */
    private static final int VALIDATION_PART = 8;

    private static final int MOST_READ = 2000;

    /**
     * Writes both splits into an empty folder.
     *
     * @param names the file of {@code redact names:}; null without it
     * @param most largest number of rows
     * @throws dev.septet.activities.dataset.file.DatasetProblem when prepare would refuse the rows
     */
    public static SampleRows write(
            PrepareSpec spec, SourceSet sources, RowEncoder encoder, @Nullable NameFile names, int most, Path folder)
            throws IOException {
        List<Spool.Entry> kept = new ArrayList<>();
        RowSample sample = new RowSample(1, MOST_READ, RowSample.LARGEST_WHOLE);
        try (Cleaning cleaning = Cleaning.of(spec, sources, sample, SourceDigest.of(sources), encoder, null, names)) {
            cleaning.run(
                    entry -> {
                        if (kept.size() < most) {
                            kept.add(entry);
                        }
                    },
                    new SplitAssignment(spec, 0),
                    null,
                    rows -> {});
        }
        int validation = spec.split().validation() == 0 ? 0 : Math.max(1, kept.size() / VALIDATION_PART);
        List<Spool.Entry> train = kept.subList(0, Math.max(0, kept.size() - validation));
        write(folder, "train", train);
        if (validation > 0) {
            write(folder, "validation", kept.subList(train.size(), kept.size()));
        }
        int longest = kept.stream()
                .flatMap(entry -> entry.rows().stream())
                .mapToInt(row -> row.tokens().length)
                .max()
                .orElse(0);
        return new SampleRows(train.size(), validation, longest);
    }

    private static void write(Path folder, String split, List<Spool.Entry> entries) throws IOException {
        StringBuilder lines = new StringBuilder();
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (Spool.Entry entry : entries) {
            lines.append(entry.line()).append('\n');
            rows.addAll(entry.rows());
        }
        Files.writeString(folder.resolve(split + ".jsonl"), lines, StandardCharsets.UTF_8);
        int each = entries.isEmpty() ? 1 : entries.get(0).rows().size();
        TokenDatasetWriter.write(folder.resolve(split + ".safetensors"), each, rows);
    }
}
