package dev.septet.workers.cli.check;

import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.plan.SearchForecast;
import dev.septet.workflows.Progress;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code plan} prints about the trials of a search. */
final class SearchForecastText {
    private SearchForecastText() {}

    /** Prints nothing without a forecast. */
    static void print(Terminal terminal, @Nullable SearchForecast search) {
        if (search == null) {
            return;
        }
        String rungs = search.rungs().size() == 1
                ? ""
                : ", of which "
                        + search.rungs().stream().skip(1).map(String::valueOf).collect(Collectors.joining(" and then "))
                        + " continue";
        terminal.print(String.format(
                Locale.ROOT,
                "Search   %,d trials%s; at most %,d steps before training",
                search.trials(),
                rungs,
                search.steps()));
        Double seconds = search.seconds();
        if (seconds != null) {
            Double cost = search.cost();
            terminal.print("         which take about %s, one at a time%s"
                    .formatted(
                            Progress.time(seconds),
                            cost == null ? "" : String.format(Locale.ROOT, ", and cost about %.2f", cost)));
        }
        if (search.left() != null) {
            terminal.print("         " + search.left());
        }
    }
}
