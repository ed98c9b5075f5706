package dev.septet.activities.deploy.chain;

import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Takes down checks, and ends the chain at the first that fails. */
final class ChainChecks {
    private final List<ChainCheck> checks = new ArrayList<>();
    private ChainLink link = ChainLink.ADAPTER;
    private String form = "";

    /** Thrown when a check has failed: what comes after it would only repeat it. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("a link of the chain is broken", null, false, false);
        }
    }

    /** Says what the checks that follow are about. */
    ChainChecks at(ChainLink of, String provedForm) {
        link = of;
        form = provedForm;
        return this;
    }

    /** A measured value that must not exceed its bound. NaN fails. */
    void atMost(String measure, double measured, double bound, String problem) {
        add(measure, measured, false, bound, measured <= bound ? null : problem);
    }

    /** A measured value that must reach its bound. NaN fails. */
    void atLeast(String measure, double measured, double bound, String problem) {
        add(measure, measured, true, bound, measured >= bound ? null : problem);
    }

    /** Things of which there must be none; the first ones are named. */
    void none(String measure, Collection<String> found, String next) {
        String first = String.join(", ", found.stream().limit(3).toList());
        add(measure, found.size(), false, 0, found.isEmpty() ? null : "%s; %s".formatted(first, next));
    }

    /** What kept a form from being looked at, such as a file that ends too early. */
    void unreadable(String why) {
        checks.add(new ChainCheck(link, form, "problems when it is read", 1, false, 0, why + "; " + AGAIN));
    }

    static final String AGAIN = "start the pipeline again, it makes this form anew; if it stays, report it as a bug";

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
