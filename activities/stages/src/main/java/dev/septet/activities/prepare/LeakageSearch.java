package dev.septet.activities.prepare;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.duplicate.LeakageCheck;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The check of {@code leakage}: it reads the kept rows again, split by split, when their splits are known. */
final class LeakageSearch implements Mixture.LeakageSearch {
    private static final List<SplitName> ORDER = List.of(SplitName.TEST, SplitName.VALIDATION, SplitName.TRAIN);

    private final LeakageSpec spec;
    private final Iterable<String> lines;
    private final @Nullable Path scratch;
    private final @Nullable Path list;
    private LeakageCheck.@Nullable Counts counts;

    /**
     * @param lines the lines of the kept rows; they are read three times
     * @param scratch a new file for texts; null keeps them in memory
     * @param list a new file for the pairs; null writes none
     */
    LeakageSearch(LeakageSpec spec, Iterable<String> lines, @Nullable Path scratch, @Nullable Path list) {
        this.spec = spec;
        this.lines = lines;
        this.scratch = scratch;
        this.list = list;
    }

    @Override
    public BitSet leaking(IntFunction<@Nullable SplitName> splits) throws IOException {
        BitSet leaking = new BitSet();
        try (LeakageCheck check = new LeakageCheck(spec, scratch);
                JsonLinesFile pairs = list == null ? JsonLinesFile.none() : new JsonLinesFile(list)) {
            for (SplitName split : ORDER) {
                int number = 0;
                for (String line : lines) {
                    int row = number++;
                    if (splits.apply(row) != split) {
                        continue;
                    }
                    Optional<LeakageCheck.Pair> pair =
                            check.add(PreparedRows.row(line.getBytes(StandardCharsets.UTF_8)), split);
                    if (pair.isPresent()) {
                        leaking.set(row);
                        pairs.add(pair.get());
                    }
                }
            }
            counts = check.counts();
            if (spec.action() == LeakageSpec.Action.FAIL && !leaking.isEmpty()) {
                throw problem(check);
            }
        }
        return spec.action() == LeakageSpec.Action.REMOVE ? leaking : new BitSet();
    }

    /** Counts of the rows; null before the search. */
    LeakageCheck.@Nullable Counts counts() {
        return counts;
    }

    private DatasetProblem problem(LeakageCheck check) {
        LeakageCheck.Counts found = check.counts();
        PublicText pairs = check.examples().stream()
                .map(pair -> PublicText.of(
                        "%s (%s) and %s (%s)",
                        shown(pair.row()),
                        PublicText.said(pair.split()),
                        shown(pair.other()),
                        PublicText.said(pair.otherSplit())))
                .reduce((all, next) -> PublicText.of("%s; %s", all, next))
                .orElseThrow();
        return new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%d rows are near-duplicates of a row in another split (%d of train in test, %d of train in"
                                + " validation, %d of validation in test): %s%s; write `deduplicate near:` to keep one row"
                                + " of each, `split by:` to keep them in one split, or `leakage remove`",
                        found.all(),
                        found.trainTest(),
                        found.trainValidation(),
                        found.validationTest(),
                        pairs,
                        PublicText.said(found.all() > check.examples().size() ? "; and more" : "")));
    }

    private static PublicText shown(String place) {
        return RowPlace.parse(place).shown();
    }
}
