package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Proof, link by link, that the deployed model is the one that was trained and evaluated.
 *
 * @param checks in the order of the links; none after the first that fails
 */
public record ChainReport(List<ChainCheck> checks) {
    /** The report of a model that was never checked. */
    public static final ChainReport EMPTY = new ChainReport(List.of());

    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public ChainReport {
        checks = checks == null ? List.of() : List.copyOf(checks);
    }

    /** The check that fails, if any. */
    @JsonIgnore
    public Optional<ChainCheck> broken() {
        return checks.stream().filter(check -> !check.holds()).findFirst();
    }

    /** The report together with the checks of later links. */
    public ChainReport plus(ChainReport later) {
        List<ChainCheck> all = new ArrayList<>(checks);
        all.addAll(later.checks());
        return new ChainReport(all);
    }
}
