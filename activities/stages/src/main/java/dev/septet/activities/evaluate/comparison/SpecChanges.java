package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.SpecDiff;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the pipeline files of two runs.
 *
 * @param run index of the run that is compared with the baseline
 * @param equal whether both have the same spec; null where a digest is not recorded
 * @param changes each setting that differs, by its path in the spec's JSON; empty where a spec is not known
 * @param note why changes are not listed; empty when they are
 */
public record SpecChanges(int run, @Nullable Boolean equal, List<SpecDiff.Change> changes, String note) {
    private static final int MOST = 500;
    private static final String DIGEST = "pipeline spec";

    public SpecChanges {
        changes = List.copyOf(changes);
    }

    static SpecChanges between(ComparedRun baseline, ComparedRun other, int run) {
        String was = baseline.results().lineage(DIGEST);
        String now = other.results().lineage(DIGEST);
        Boolean equal = (was == null || now == null) ? null : (Boolean) was.equals(now);
        JsonNode first = baseline.spec();
        JsonNode second = other.spec();
        if (first == null || second == null) {
            String missing = first == null ? baseline.name() : other.name();
            return new SpecChanges(
                    run,
                    equal,
                    List.of(),
                    Boolean.TRUE.equals(equal)
                            ? ""
                            : "the pipeline file of %s is not known here, so its settings cannot be listed"
                                    .formatted(missing));
        }
        List<SpecDiff.Change> changes = SpecDiff.between(first, second);
        return new SpecChanges(run, changes.isEmpty(), changes.subList(0, Math.min(MOST, changes.size())), "");
    }
}
