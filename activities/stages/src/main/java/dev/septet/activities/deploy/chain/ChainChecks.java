package dev.septet.activities.deploy.chain;

import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Records checks, and ends the chain at the first failed one. */
final class ChainChecks {
    private final List<ChainCheck> checks = new ArrayList<>();
    private ChainLink link = ChainLink.ADAPTER;
    private String form = "";

    /** Thrown when a check failed: later checks would only repeat the failure. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("a link of the chain is broken", null, false, false);
        }
    }

    /** Sets the link and the form of the checks that follow. */
    ChainChecks at(ChainLink of, String provedForm) {
        link = of;
        form = provedForm;
        return this;
    }

    /** Requires a measured value of at most its bound. NaN fails. */
    void atMost(String measure, double measured, double bound, String problem) {
        add(measure, measured, false, bound, measured <= bound ? null : problem);
    }

    /** Requires a measured value of at least its bound. NaN fails. */
    void atLeast(String measure, double measured, double bound, String problem) {
        add(measure, measured, true, bound, measured >= bound ? null : problem);
    }

    /** Requires an empty collection; the message names the first elements. */
    void none(String measure, Collection<String> found, String next) {
        String first = String.join(", ", found.stream().limit(3).toList());
        add(measure, found.size(), false, 0, found.isEmpty() ? null : "%s; %s".formatted(first, next));
    }

    /** Records why a form cannot be read, such as a truncated file. */
    void unreadable(String reason) {
        checks.add(new ChainCheck(link, form, "problems when it is read", 1, false, 0, reason + "; " + AGAIN));
    }

    static final String AGAIN = "start the pipeline again, it makes this form anew; if it stays, report it as a bug";

    /** Takes over checks that hold. */
    void add(ChainChecks others) {
        checks.addAll(others.checks);
    }

    ChainReport report() {
        return new ChainReport(checks);
    }

    private void add(
            String measure,
            double measured,
            boolean atLeast,
            double bound,
            @org.jspecify.annotations.Nullable String problem) {
        checks.add(new ChainCheck(link, form, measure, measured, atLeast, bound, problem));
        if (problem != null) {
            throw new Broken();
        }
    }
}
