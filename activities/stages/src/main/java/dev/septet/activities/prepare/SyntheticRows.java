package dev.septet.activities.prepare;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.prepare.augment.Augmentation;
import dev.septet.activities.prepare.augment.TermSwap;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes rows from the training rows, between the two passes of {@link Preparation}. The made rows depend only on the training
 * rows, their order and the spec.
 */
final class SyntheticRows {
    private final SyntheticSpec spec;
    private final SyntheticFiles files;
    private final SyntheticCheck check;
    private final SplitAssignment assignment;
    private final Spool.Sink out;
    private final Progress progress;
    private final Map<String, SyntheticCounts.OfKind> kinds = new TreeMap<>();
    private long rows;

    /** Receives how far the work is. */
    @FunctionalInterface
    interface Progress {
        /**
         * After each row.
         *
         * @param doing what is done, such as {@code augmenting}
         * @param total 0 when it is not known
         */
        void at(String doing, long done, long total);
    }

    /**
     * @param check compares with rows that {@link #make} adds
     * @param out receives the made rows
     */
    SyntheticRows(
            SyntheticSpec spec,
            SyntheticFiles files,
            SyntheticCheck check,
            SplitAssignment assignment,
            Spool.Sink out,
            Progress progress) {
        this.spec = spec;
        this.files = files;
        this.check = check;
        this.assignment = assignment;
        this.out = out;
        this.progress = progress;
    }

    /**
     * A training row.
     *
     * @param number its number among the kept rows
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Parent(int number, Row row, RowMeta meta, byte[] digest) {}

    @FunctionalInterface
    private interface ParentUse {
        void with(Parent parent) throws IOException;
    }

    /**
     * Makes the rows.
     *
     * @param kept the rows of the first pass
     * @param splits the splits of these rows
     */
    SyntheticCounts make(Spool kept, Mixture splits) throws IOException {
        int number = 0;
        for (Spool.Entry entry : kept) {
            if (splits.copies(number) > 0) {
                check.addKnown(PreparedRows.parse(entry.line()).row(), splits.split(number) == SplitName.TRAIN);
            }
            progress.at("reading training rows", ++number, splits.size());
        }
        for (AugmentSpec words : spec.augment()) {
            augment(words, kept, splits);
        }
        TermSwap swap = spec.counterfactual() == null ? null : swap(spec.counterfactual(), kept, splits);
        return new SyntheticCounts(rows, kinds, swap == null ? null : swap.counts());
    }

    private void augment(AugmentSpec words, Spool kept, Mixture splits) throws IOException {
        Augmentation augmentation = new Augmentation(words, files::words);
        String kind = Augmentation.kind(words);
        kinds.putIfAbsent(kind, SyntheticCounts.OfKind.NONE);
        each(kept, splits, "augmenting", parent -> {
            for (Row copy : augmentation.copies(parent.row(), parent.digest())) {
                offer(copy, kind, parent, false);
            }
        });
    }

    private TermSwap swap(CounterfactualSpec words, Spool kept, Mixture splits) throws IOException {
        TermSwap swap = new TermSwap(words, files::words);
        kinds.putIfAbsent(TermSwap.KIND, SyntheticCounts.OfKind.NONE);
        each(kept, splits, "swapping terms", parent -> {
            Optional<Row> copy = swap.swapped(parent.row());
            if (copy.isPresent()) {
                offer(copy.get(), TermSwap.KIND, parent, false);
            }
        });
        return swap;
    }

    /** The used training rows, in their order. */
    private void each(Spool kept, Mixture splits, String doing, ParentUse use) throws IOException {
        int number = 0;
        for (Spool.Entry entry : kept) {
            if (splits.copies(number) > 0 && splits.split(number) == SplitName.TRAIN) {
                PreparedRows.WithMeta parsed = PreparedRows.parse(entry.line());
                use.with(new Parent(number, parsed.row(), parsed.meta(), RowJson.digest(parsed.row())));
            }
            progress.at(doing, ++number, splits.size());
        }
    }

    /** Checks a made row, and adds it to the training split. */
    private void offer(Row made, String kind, Parent parent, boolean compare) throws IOException {
        SyntheticCheck.Verdict verdict = check.check(made, compare);
        SyntheticCheck.Passed passed = verdict.passed();
        if (passed == null) {
            kinds.computeIfPresent(kind, (same, count) -> count.without(verdict.removedBy()));
            return;
        }
        RowMeta meta = parent.meta()
                .with(SyntheticSpec.KIND, kind)
                .with(SyntheticSpec.PARENT, HexFormat.of().formatHex(parent.digest()));
        assignment.addSynthetic(passed.digest(), parent.number());
        out.add(new Spool.Entry(RowJson.line(passed.row(), meta), passed.tokens()));
        kinds.computeIfPresent(kind, (same, count) -> count.plus());
        rows++;
    }
}
