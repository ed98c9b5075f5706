package dev.septet.activities.prepare.cleaning;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.LongRowProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.transform.FieldCapture;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.Spool;
import dev.septet.activities.prepare.contamination.Contamination;
import dev.septet.activities.prepare.duplicate.Signatures;
import dev.septet.activities.prepare.quality.QualityFilter;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.prepare.representation.GroupCounts;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The steps of cleaning that look at one row at a time: filter and map, consent, quality, redaction, encoding; and what later
 * steps compare of the row. For one thread; several cleaners may share their steps.
 */
public final class RowCleaner {
    private final PrepareSpec spec;
    private final Steps steps;
    private final @Nullable Signatures signatures;

    /**
     * Steps that several threads share.
     *
     * @param quality null without rules of quality
     * @param contamination null when no test rows are compared
     */
    public record Steps(
            RowEncoder encoder,
            Redaction redaction,
            @Nullable QualityFilter quality,
            @Nullable Contamination contamination) {}

    public RowCleaner(PrepareSpec spec, Steps steps) {
        this.spec = spec;
        this.steps = steps;
        CleaningSpec.NearDuplicates near = spec.cleaningOrNone().nearDuplicates();
        signatures = near == null ? null : new Signatures(near);
    }

    /**
     * Interprets and cleans a row.
     *
     * @param declared whether the row has the fields that the pipeline declares; reviewed rows have not
     * @throws dev.septet.activities.dataset.file.DatasetProblem when an expression of the pipeline exceeds its work limit
     */
    public CleanedRow clean(DatasetReader.Pending pending, boolean declared) {
        DatasetReader.Read read = pending.read();
        if (read.reading() instanceof BadRow bad) {
            return new CleanedRow(bad.place(), List.of(), new CleanedRow.Bad(bad, false));
        }
        if (read.reading() instanceof ExcludedRow excluded) {
            return new CleanedRow(excluded.place(), List.of(), new CleanedRow.Excluded(excluded.reason()));
        }
        Row row = (Row) read.reading();
        List<Redaction.Line> redactions = new ArrayList<>();
        CleanedRow.Result result;
        try {
            result = declared
                    ? clean(row, read.meta(), read.captured(), origin(read, row), redactions)
                    : clean(row, RowMeta.NONE, null, origin(read, row), redactions);
        } catch (RowProblem e) {
            long bytes = RowJson.canonical(row).getBytes(StandardCharsets.UTF_8).length;
            result = new CleanedRow.Bad(new BadRow(row.place(), e.reason(), bytes), e instanceof LongRowProblem);
        }
        return new CleanedRow(row.place(), redactions, result);
    }

    private static @Nullable RowOrigin origin(DatasetReader.Read read, Row row) {
        return read.digest().isEmpty()
                ? null
                : new RowOrigin(row.place(), read.digest(), read.content().isEmpty() ? null : read.content());
    }

    private CleanedRow.Result clean(
            Row row,
            RowMeta meta,
            FieldCapture.@Nullable Values fields,
            @Nullable RowOrigin origin,
            List<Redaction.Line> redactions) {
        SortedMap<String, String> values = fields == null ? null : fields.values();
        SplitAssignment.check(spec.split(), values);
        Optional<String> violated =
                steps.quality() == null ? Optional.empty() : steps.quality().violated(row);
        if (violated.isPresent()) {
            return new CleanedRow.LowQuality(violated.get());
        }
        Redaction.Result redacted = steps.redaction().redacted(row, meta);
        redactions.addAll(redacted.findings());
        Redaction.Clean clean = redacted.clean();
        if (clean == null) {
            return new CleanedRow.Personal();
        }
        Optional<RowEncoder.Truncated> cut = Optional.empty();
        List<TokenDataset.Row> encoded = List.of();
        try {
            encoded = steps.encoder().example(clean.row());
        } catch (LongRowProblem e) {
            switch (spec.longRows()) {
                case FAIL -> throw e;
                case DROP -> {
                    return new CleanedRow.TooLong();
                }
                case TRUNCATE -> cut = Optional.of(steps.encoder().truncated(clean.row()));
            }
        }
        Row whole = cut.map(RowEncoder.Truncated::row).orElse(clean.row());
        List<TokenDataset.Row> tokens = cut.map(RowEncoder.Truncated::tokens).orElse(encoded);
        return new CleanedRow.Candidate(
                new Spool.Entry(
                        RowJson.line(whole, clean.meta()), tokens, origin == null ? List.of() : List.of(origin)),
                cut.isPresent(),
                RowJson.digest(clean.row()),
                values,
                member(clean.row(), fields),
                steps.contamination() == null ? null : steps.contamination().match(clean.row()),
                signatures == null ? null : signatures.of(clean.row()));
    }

    private GroupCounts.@Nullable Member member(Row row, FieldCapture.@Nullable Values fields) {
        CleaningSpec.Representation represent = spec.cleaningOrNone().represent();
        return represent == null
                ? null
                : GroupCounts.member(
                        represent.on(),
                        row,
                        fields == null ? MissingNode.getInstance() : fields.group(),
                        steps.redaction()::name);
    }
}
