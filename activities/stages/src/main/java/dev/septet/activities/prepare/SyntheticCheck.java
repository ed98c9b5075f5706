package dev.septet.activities.prepare;

import dev.septet.activities.dataset.LongRowProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.prepare.contamination.Contamination;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.duplicate.SimilarQuestions;
import dev.septet.activities.prepare.quality.QualityFilter;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks of a synthetic row: the steps of cleaning that other rows pass, and comparisons with the rows of the dataset. A row
 * that is similar to a validation or test row is removed, because training on it would train on the test.
 */
final class SyntheticCheck implements Closeable {
    /** Similarity of near-duplicates when {@code deduplicate near:} does not declare one. */
    private static final double SIMILARITY = 0.8;

    private final RowEncoder encoder;
    private final Redaction redaction;
    private final @Nullable QualityFilter quality;
    private final @Nullable Contamination contamination;
    private final DigestSet seen = new DigestSet();
    private final SimilarQuestions heldOut;
    private final @Nullable SimilarQuestions training;

    /**
     * @param tests the test files of {@code decontaminate}; null without it
     * @param names the file of {@code redact names:}; null without it
     * @param scratch a folder for the texts that are compared
     * @param comparesTraining whether some rows are compared with the training rows too
     */
    SyntheticCheck(
            PrepareSpec spec,
            SourceDigest digest,
            RowEncoder encoder,
            @Nullable TestFiles tests,
            @Nullable NameFile names,
            Path scratch,
            boolean comparesTraining)
            throws IOException {
        CleaningSpec cleaning = spec.cleaningOrNone();
        this.encoder = encoder;
        redaction = new Redaction(spec.redact(), names, digest.key(), JsonLinesFile.none());
        quality = cleaning.quality() == null ? null : new QualityFilter(cleaning.quality());
        contamination = cleaning.decontaminate() == null || tests == null
                ? null
                : new Contamination(cleaning.decontaminate(), tests, JsonLinesFile.none());
        CleaningSpec.NearDuplicates near = cleaning.nearDuplicates();
        double similarity = near == null ? SIMILARITY : near.similarity();
        heldOut = new SimilarQuestions(similarity, Files.createDirectory(scratch.resolve("held-out")));
        training = comparesTraining
                ? new SimilarQuestions(similarity, Files.createDirectory(scratch.resolve("training")))
                : null;
    }

    /** Adds a row of the dataset, which synthetic rows are compared with. */
    void addKnown(Row row, boolean trains) throws IOException {
        seen.add(RowJson.digest(row));
        SimilarQuestions rows = trains ? training : heldOut;
        if (rows != null) {
            rows.add(row);
        }
    }

    /**
     * A row that passed all checks.
     *
     * @param row without personal data
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Passed(Row row, byte[] digest, List<TokenDataset.Row> tokens) {}

    /** The result of the checks: the row, or the name of the check that removed it. */
    record Verdict(@Nullable Passed passed, String removedBy) {
        private static Verdict removed(String check) {
            return new Verdict(null, check);
        }
    }

    /**
     * Checks a row.
     *
     * @param compare whether the row must differ from the training rows, as a changed copy of one need not
     */
    Verdict check(Row made, boolean compare) throws IOException {
        if (quality != null && quality.removes(made)) {
            return Verdict.removed("lowQuality");
        }
        Optional<Row> clean = redaction.apply(made);
        if (clean.isEmpty()) {
            return Verdict.removed("personalData");
        }
        Row row = clean.get();
        List<TokenDataset.Row> tokens;
        try {
            tokens = encoder.example(row);
        } catch (LongRowProblem tooLong) {
            return Verdict.removed("tooLong");
        } catch (RowProblem unusable) {
            return Verdict.removed("unusable");
        }
        if (contamination != null && contamination.removes(row)) {
            return Verdict.removed("alsoInATest");
        }
        if (heldOut.find(row)) {
            return Verdict.removed("nearHeldOutRows");
        }
        byte[] digest = RowJson.digest(row);
        if (!seen.add(digest)) {
            return Verdict.removed("duplicates");
        }
        if (compare && training != null) {
            if (training.find(row)) {
                return Verdict.removed("nearDuplicates");
            }
            training.add(row);
        }
        return new Verdict(new Passed(row, digest, tokens), "");
    }

    @Override
    public void close() throws IOException {
        try (redaction;
                heldOut;
                training) {
            if (contamination != null) {
                contamination.close();
            }
        }
    }
}
