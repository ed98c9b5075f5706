package dev.septet.workflows.monitor;

import dev.septet.workflows.Progress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Describes a monitor for the Web UI, as Markdown. */
final class MonitorDetails {
    private MonitorDetails() {}

    static String markdown(MonitorRequest state, @Nullable Observation last, @Nullable String retraining, String held) {
        StringBuilder text = new StringBuilder();
        FailedChecks failing = state.failing();
        if (failing != null) {
            text.append("**%s**: %s. It continues to check every %s.\n\n"
                    .formatted(state.run().pipeline(), failing.sentence().replace('\n', ' '), Progress.time((double)
                            state.spec().every().toSeconds())));
        }
        if (last == null) {
            return text.toString();
        }
        text.append(String.format(
                Locale.ROOT, "**%s**: %s after %d checks\n\n", state.run().pipeline(), alarm(state), state.windows()));
        if (!last.enough()) {
            text.append(String.format(
                    Locale.ROOT,
                    "too few: %d of %d new rows needed for the next check\n",
                    last.rows(),
                    state.spec().minimum()));
        }
        if (!last.findings().isEmpty()) {
            text.append("| detector | score | bound | p | rows | |\n|---|---|---|---|---|---|\n");
            last.findings().forEach(finding -> text.append(row(finding)));
        }
        if (retraining != null) {
            text.append("\nRetraining: `").append(retraining).append("`\n");
        }
        if (!held.isEmpty()) {
            text.append("\nNot retrained: ").append(held).append(".\n");
        }
        return text.toString();
    }

    private static String alarm(MonitorRequest state) {
        DriftAlarm alarm = state.alarm();
        int confirm = state.spec().alarm().confirm();
        if (alarm.raised()) {
            return alarm.streak() == 0
                    ? "**drift**"
                    : String.format(Locale.ROOT, "**drift**, no drift in %d of %d checks", alarm.streak(), confirm);
        }
        return alarm.streak() == 0
                ? "no drift"
                : String.format(Locale.ROOT, "suspicion, in %d of %d checks", alarm.streak(), confirm);
    }

    private static String row(DriftFinding finding) {
        Double above = finding.drift().above();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %d | %s |\n",
                DriftFinding.title(finding.drift()),
                number("%.4f", finding.score()),
                above == null ? "chance" : above.toString(),
                number("%.2g", finding.corrected()),
                finding.rows(),
                finding.drifted() ? "**drift**" : "");
    }

    private static String number(String format, @Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, format, value);
    }
}
