package dev.septet.workers.cli.check;

import dev.septet.workers.plan.SyntheticForecast;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The lines of {@code plan} about rows that {@code prepare} would make. */
final class SyntheticForecastText {
    private SyntheticForecastText() {}

    /** The lines of a forecast. */
    static List<String> of(SyntheticForecast forecast) {
        List<SyntheticForecast.Step> steps = forecast.steps();
        List<String> lines = new ArrayList<>();
        boolean rare = steps.stream().anyMatch(step -> step.rows() == null);
        boolean about = steps.stream().anyMatch(SyntheticForecast.Step::about);
        lines.add(line(
                "Added    at most %s%,d synthetic rows%s",
                about ? "about " : "", forecast.rows(), rare ? ", and those of rare classes" : ""));
        for (SyntheticForecast.Step step : steps) {
            lines.add("         " + line(step));
        }
        if (forecast.preparations() > 1 && steps.stream().anyMatch(step -> step.by() != null)) {
            lines.add(line(
                    "         each of the %d preparations has these budgets for itself: one for each fold, and the"
                            + " last",
                    forecast.preparations()));
        }
        Long training = forecast.trainSteps();
        if (training != null) {
            lines.add(line("         with all of them, training takes about %,d steps", training));
        }
        return lines;
    }

    private static String line(SyntheticForecast.Step step) {
        Long made = step.rows();
        StringBuilder text = new StringBuilder(step.kind()).append(": ");
        text.append(
                made == null
                        ? "until each class has its rows"
                        : line("%s%,d rows", step.about() ? "about " : "", made));
        String by = step.by();
        if (by != null) {
            text.append(' ').append(by).append(", at most ");
            List<String> limits = new ArrayList<>();
            if (step.requests() != null) {
                limits.add(line("%,d requests", step.requests()));
            }
            if (step.tokens() != null) {
                limits.add(line("%,d tokens", step.tokens()));
            }
            if (step.cost() != null) {
                limits.add(line("%.2f %s", step.cost(), step.currency() == null ? "of money" : step.currency()));
            }
            text.append(String.join(", ", limits));
        }
        return text.toString();
    }

    private static String line(String format, @Nullable Object... parts) {
        return String.format(Locale.ROOT, format, parts);
    }
}
