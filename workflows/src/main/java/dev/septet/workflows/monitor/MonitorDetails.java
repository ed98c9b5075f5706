package dev.septet.workflows.monitor;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** What the Web UI shows of a watch, as Markdown. */
final class MonitorDetails {
    private MonitorDetails() {}

    static String markdown(MonitorRequest state, Observation last, @Nullable String retraining) {
        StringBuilder text = new StringBuilder();
        text.append("**")
                .append(state.run().pipeline())
                .append("**: ")
                .append(state.windows())
                .append(" windows looked at\n\n");
        if (!last.enough()) {
            text.append(
                    "%d new rows, %d are needed for the next look\n"
                            .formatted(last.rows(), state.spec().minimum()));
        }
        for (DriftFinding finding : last.findings()) {
            text.append(
                    "* %s on %s: %.4f (%s)%s\n"
                            .formatted(
                                    finding.drift().detector(),
                                    finding.drift().feature(),
                                    finding.score(),
                                    bound(finding.drift().above()),
                                    finding.drifted() ? " **drift**" : "")
                            .toLowerCase(Locale.ROOT));
        }
        if (retraining != null) {
            text.append("\nRetraining: `").append(retraining).append("`\n");
        }
        return text.toString();
    }

    private static String bound(@Nullable Double above) {
        return above == null ? "bound by chance" : "bound " + above;
    }
}
