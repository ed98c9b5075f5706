package dev.septet.activities.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.prepare.cleaning.CleanedRow;
import dev.septet.activities.prepare.cleaning.RowCleaner;
import dev.septet.activities.prepare.contamination.Contamination;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.duplicate.NearDuplicates;
import dev.septet.activities.prepare.label.LabelFunctions;
import dev.septet.activities.prepare.label.LabelTable;
import dev.septet.activities.prepare.quality.QualityFilter;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.prepare.representation.DeclaredFields;
import dev.septet.activities.prepare.representation.GroupCounts;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The declared steps of cleaning beside filters, redaction and exact duplicates. A row passes them in this order: consent,
 * quality, then redaction and encoding ({@link RowCleaner}), then exact duplicates in {@link Cleaning}, contamination and
 * near-duplicates. A row
 * that is also in a test must not remove a near-duplicate of it, so contamination is before near-duplicates.
 */
final class CleaningSteps implements Closeable {
    private final DeclaredFields fields;
    private final @Nullable LabelFunctions labels;
    private final @Nullable QualityFilter quality;
    private final @Nullable NearDuplicates near;
    private final @Nullable Contamination contamination;
    private final @Nullable GroupCounts representation;
    private final @Nullable Path out;
    private long withoutConsent;
    private long unlabelled;

    /**
     * @param tests the test files; null removes no row that is also in a test
     * @param scratch a folder for the texts that are compared; null keeps them in memory
     * @param out a folder for the lists of removed rows; null writes none
     */
    CleaningSteps(PrepareSpec spec, @Nullable TestFiles tests, @Nullable Path scratch, @Nullable Path out)
            throws IOException {
        CleaningSpec words = spec.cleaningOrNone();
        this.out = out;
        Transforms transforms = new Transforms(spec.transforms());
        labels = spec.label() == null ? null : new LabelFunctions(transforms, spec.label());
        fields = new DeclaredFields(labels == null ? transforms : labels, words);
        quality = words.quality() == null ? null : new QualityFilter(words.quality());
        representation = words.represent() == null ? null : new GroupCounts(words.represent());
        contamination = words.decontaminate() == null || tests == null
                ? null
                : new Contamination(words.decontaminate(), tests, list("contaminated.jsonl"));
        near = words.nearDuplicates() == null
                ? null
                : new NearDuplicates(
                        words.nearDuplicates(), scratch == null ? null : scratch.resolve("near-duplicates"));
    }

    private JsonLinesFile list(String name) throws IOException {
        return out == null ? JsonLinesFile.none() : new JsonLinesFile(out.resolve(name));
    }

    /** The labelling functions, which must see all records before {@link #edit}; null for none. */
    @Nullable
    LabelFunctions labels() {
        return labels;
    }

    /** The filters and maps, the labels, and the check of consent after them. */
    RecordEdit edit() {
        return fields;
    }

    /** The steps that look at one row at a time. */
    RowCleaner.Steps ofRow(RowEncoder encoder, Redaction redaction) {
        return new RowCleaner.Steps(encoder, redaction, quality, contamination);
    }

    /** Counts a row that a rule of quality removed. */
    void removed(CleanedRow.LowQuality removed, RowPlace place) {
        Objects.requireNonNull(quality).remove(removed.rule(), place);
    }

    /** Counts a row without a label. */
    void addUnlabelled() {
        unlabelled++;
    }

    /** Counts a row without consent. */
    void addWithoutConsent() {
        withoutConsent++;
    }

    /** The row's checks after exact duplicates. */
    boolean removesUnique(CleanedRow.Candidate row, RowPlace place) throws IOException {
        if (contamination != null && row.test() != null) {
            contamination.remove(place, row.test());
            return true;
        }
        return near != null && near.removes(place, Objects.requireNonNull(row.signature()));
    }

    /** Counts a kept row. */
    void kept(CleanedRow.Candidate row) {
        if (representation != null) {
            representation.add(Objects.requireNonNull(row.member()));
        }
    }

    /** The rows that the steps removed so far. */
    Removed removed() {
        return new Removed(
                withoutConsent,
                quality == null ? 0 : quality.removed(),
                near == null ? 0 : near.removed(),
                contamination == null ? 0 : contamination.removed(),
                unlabelled);
    }

    /** Numbers of removed rows. */
    record Removed(long withoutConsent, long lowQuality, long nearDuplicates, long contaminated, long unlabelled) {}

    /**
     * What the steps found: a part of the card.
     *
     * @param quality the rows that each rule removed
     * @param nearDuplicates counts of near-duplicates
     * @param contamination counts of rows that are also in a test
     * @param representation counts of groups
     * @param labels the quality of labelling functions
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Findings(
            @Nullable Map<String, QualityFilter.Count> quality,
            @Nullable NearDuplicateCounts nearDuplicates,
            @Nullable ContaminationCounts contamination,
            GroupCounts.@Nullable Table representation,
            @Nullable LabelTable labels) {}

    /**
     * Near-duplicates.
     *
     * @param clusters number of kept rows with near-duplicates
     * @param rows number of removed rows
     * @param leftOut index entries beyond the size of a bucket; if not 0, some near-duplicates may be kept
     */
    public record NearDuplicateCounts(
            int clusters,
            long rows,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long leftOut) {}

    /**
     * Contamination.
     *
     * @param testRows number of test rows
     * @param rows number of removed rows
     * @param templates word sequences that too many test rows share, and that removed no row
     */
    public record ContaminationCounts(
            long testRows,
            long rows,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long templates) {}

    /** What the steps found; null when the spec declares none of them. Also writes near-duplicates.jsonl. */
    @Nullable
    Findings findings() throws IOException {
        NearDuplicateCounts clusters = null;
        if (near != null) {
            int count;
            try (JsonLinesFile lines = list("near-duplicates.jsonl")) {
                count = near.clusters((size, kept, others) -> lines.write(json -> {
                    json.writeStringField("kept", kept);
                    json.writeArrayFieldStart("others");
                    while (others.hasNext()) {
                        json.writeString(others.next());
                    }
                    json.writeEndArray();
                    json.writeNumberField("size", size);
                }));
            }
            clusters = new NearDuplicateCounts(count, near.removed(), near.leftOut());
        }
        Findings found = new Findings(
                quality == null ? null : quality.counts(),
                clusters,
                contamination == null
                        ? null
                        : new ContaminationCounts(
                                contamination.testRows(), contamination.removed(), contamination.templates()),
                representation == null ? null : representation.table(),
                labels == null ? null : labels.table());
        return found.equals(new Findings(null, null, null, null, null)) ? null : found;
    }

    @Override
    public void close() throws IOException {
        try {
            if (near != null) {
                near.close();
            }
        } finally {
            if (contamination != null) {
                contamination.close();
            }
        }
    }
}
