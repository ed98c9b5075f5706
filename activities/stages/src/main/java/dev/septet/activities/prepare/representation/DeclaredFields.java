package dev.septet.activities.prepare.representation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Excludes records whose field of consent is not true, after the filters and maps. */
public final class DeclaredFields implements RecordEdit {
    private final RecordEdit before;
    private final @Nullable String consent;
    private final Set<String> reads;

    /**
     * @param before the filters and maps
     */
    public DeclaredFields(RecordEdit before, CleaningSpec spec) {
        this.before = before;
        consent = spec.consent();
        reads = new TreeSet<>(before.reads());
        if (consent != null) {
            reads.add(consent);
        }
    }

    @Override
    public boolean apply(ObjectNode record, RowPlace place) {
        return excludes(record, place).isEmpty();
    }

    @Override
    public Optional<ExcludedRow.Reason> excludes(ObjectNode record, RowPlace place) {
        Optional<ExcludedRow.Reason> filtered = before.excludes(record, place);
        return filtered.isPresent() || consent == null || isTrue(record.path(consent))
                ? filtered
                : Optional.of(ExcludedRow.Reason.CONSENT);
    }

    /** True, or the text {@code true}, because a CSV file has only texts. */
    private static boolean isTrue(JsonNode value) {
        return value.isBoolean()
                ? value.booleanValue()
                : value.isTextual() && value.textValue().strip().equalsIgnoreCase("true");
    }

    @Override
    public Set<String> reads() {
        return reads;
    }
}
