package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Proof, hand-off by hand-off, that what is deployed is what was trained and evaluated.
 *
 * @param checks in the order of the links; none after the first that fails
 */
public record ChainReport(List<ChainCheck> checks) {
    /** Of a model that was never proved. */
    public static final ChainReport EMPTY = new ChainReport(List.of());

    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public ChainReport {
        checks = checks == null ? List.of() : List.copyOf(checks);
    }

    /** The check that fails, if any. */
    @JsonIgnore
    public Optional<ChainCheck> broken() {
        return checks.stream().filter(check -> !check.holds()).findFirst();
    }

    /** With what a later link found. */
    public ChainReport plus(ChainReport later) {
        List<ChainCheck> all = new ArrayList<>(checks);
        all.addAll(later.checks());
        return new ChainReport(all);
    }
}
