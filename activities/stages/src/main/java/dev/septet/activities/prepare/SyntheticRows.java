package dev.septet.activities.prepare;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.activities.prepare.augment.Augmentation;
import dev.septet.activities.prepare.augment.TermSwap;
import dev.septet.activities.prepare.generate.Generation;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    private final Generating generating;
    private final Map<String, SyntheticCounts.OfKind> kinds = new TreeMap<>();
    private final List<Generation.Usage> usages = new ArrayList<>();
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
     * How a model writes rows.
     *
     * @param store keeps the answers
     * @param scope names the run
     */
    record Generating(
            Teachers teachers,
            @Nullable ArtifactStore store,
            @Nullable Fence fence,
            String scope,
            RequestClock clock) {
        /** For specs without {@code generate}. */
        static final Generating NONE = new Generating(Teachers.none(), null, null, "", RequestClock.REAL);
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
            Generating generating,
            Progress progress) {
        this.generating = generating;
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
     * @param origins where it comes from, which are also the origins of the rows made of it; empty when rows are not traced
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Parent(int number, Row row, RowMeta meta, byte[] digest, List<RowOrigin> origins) {}

    @FunctionalInterface
    interface ParentUse {
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
        for (int step = 0; step < spec.generate().size(); step++) {
            generate(spec.generate().get(step), step, kept, splits);
        }
        return new SyntheticCounts(rows, kinds, swap == null ? null : swap.counts(), usages);
    }

    private void generate(GenerateSpec words, int step, Spool kept, Mixture splits) throws IOException {
        String kind = Generation.kind(words);
        kinds.putIfAbsent(kind, SyntheticCounts.OfKind.NONE);
        String doing = "generating rows: " + kind;
        long[] done = {0};
        Runnable alive = () -> progress.at(doing, done[0], splits.size());
        try (Generation generation = new Generation(
                words,
                generating.teachers(),
                files::path,
                new Generation.Sending(
                        Objects.requireNonNull(generating.store()),
                        Objects.requireNonNull(generating.fence()),
                        generating.scope() + "/" + step,
                        generating.clock(),
                        alive))) {
            if (words.kind() == GenerateSpec.Kind.RARE) {
                new RareRows(words, generation, this, assignment).make(kept, splits);
            } else {
                Batch batch = new Batch(words, generation, kind);
                each(kept, splits, doing, parent -> {
                    done[0] = parent.number();
                    batch.add(parent);
                });
                batch.flush();
            }
            usages.add(generation.usage());
        }
    }

    /** Tasks that are asked together. */
    private final class Batch {
        private final GenerateSpec words;
        private final Generation generation;
        private final String kind;
        private final List<Parent> parents = new ArrayList<>();
        private final List<Generation.Task> tasks = new ArrayList<>();

        Batch(GenerateSpec words, Generation generation, String kind) {
            this.words = words;
            this.generation = generation;
            this.kind = kind;
        }

        void add(Parent parent) throws IOException {
            if (!generation.uses(parent.row(), parent.digest())) {
                return;
            }
            for (int copy = 0; copy < words.copies() && !generation.ended(); copy++) {
                parents.add(parent);
                tasks.add(new Generation.Task(parent.row(), copy, List.of(parent.row())));
                if (tasks.size() == generation.mostTasks()) {
                    flush();
                }
            }
        }

        void flush() throws IOException {
            List<Generation.Made> made = generation.make(tasks);
            for (int at = 0; at < made.size(); at++) {
                boolean added =
                        offer(made.get(at), kind, List.of(parents.get(at)), words.kind() != GenerateSpec.Kind.DISTILL);
                if (added && words.replace() != null) {
                    assignment.replace(parents.get(at).number());
                }
            }
            tasks.clear();
            parents.clear();
        }
    }

    /**
     * Checks a generated row, and adds it to the training split.
     *
     * @param parents the rows that the model saw, at least one
     * @return whether it was added
     */
    boolean offer(Generation.Made made, String kind, List<Parent> parents, boolean compare) throws IOException {
        Row row = made.row();
        if (row == null) {
            kinds.computeIfPresent(kind, (same, count) -> count.without(made.removedBy()));
            return false;
        }
        return offer(row, kind, parents, compare);
    }

    private void augment(AugmentSpec words, Spool kept, Mixture splits) throws IOException {
        Augmentation augmentation = new Augmentation(words, files::words);
        String kind = Augmentation.kind(words);
        kinds.putIfAbsent(kind, SyntheticCounts.OfKind.NONE);
        each(kept, splits, "augmenting", parent -> {
            for (Row copy : augmentation.copies(parent.row(), parent.digest())) {
                offer(copy, kind, List.of(parent), false);
            }
        });
    }

    private TermSwap swap(CounterfactualSpec words, Spool kept, Mixture splits) throws IOException {
        TermSwap swap = new TermSwap(words, files::words);
        kinds.putIfAbsent(TermSwap.KIND, SyntheticCounts.OfKind.NONE);
        each(kept, splits, "swapping terms", parent -> {
            Optional<Row> copy = swap.swapped(parent.row());
            if (copy.isPresent()) {
                offer(copy.get(), TermSwap.KIND, List.of(parent), false);
            }
        });
        return swap;
    }

    /** The used training rows that no made row has replaced, in their order. */
    void each(Spool kept, Mixture splits, String doing, ParentUse use) throws IOException {
        int number = 0;
        for (Spool.Entry entry : kept) {
            if (splits.copies(number) > 0
                    && splits.split(number) == SplitName.TRAIN
                    && !assignment.isReplaced(number)) {
                PreparedRows.WithMeta parsed = PreparedRows.parse(entry.line());
                use.with(
                        new Parent(number, parsed.row(), parsed.meta(), RowJson.digest(parsed.row()), entry.origins()));
            }
            progress.at(doing, ++number, splits.size());
        }
    }

    /** Checks a made row, and adds it to the training split. */
    private boolean offer(Row made, String kind, List<Parent> parents, boolean compare) throws IOException {
        Parent parent = parents.get(0);
        SyntheticCheck.Verdict verdict = check.check(made, compare);
        SyntheticCheck.Passed passed = verdict.passed();
        if (passed == null) {
            kinds.computeIfPresent(kind, (same, count) -> count.without(verdict.removedBy()));
            return false;
        }
        RowMeta meta = parent.meta()
                .with(SyntheticSpec.KIND, kind)
                .with(
                        SyntheticSpec.PARENT,
                        parents.stream()
                                .map(each -> HexFormat.of().formatHex(each.digest()))
                                .collect(Collectors.joining(" ")));
        List<RowOrigin> origins = parents.stream()
                .flatMap(each -> each.origins().stream())
                .distinct()
                .toList();
        assignment.addSynthetic(passed.digest(), parent.number());
        out.add(new Spool.Entry(RowJson.line(passed.row(), meta), passed.tokens(), origins));
        kinds.computeIfPresent(kind, (same, count) -> count.plus());
        rows++;
        return true;
    }
}
