package dev.septet.workers.cli.check;

import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.plan.CandidatesForecast;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code plan} prints about the candidates for the base model. */
final class CandidatesText {
    private CandidatesText() {}

    /** Prints nothing for a file with one model. */
    static void print(Terminal terminal, @Nullable CandidatesForecast forecast) {
        if (forecast == null) {
            return;
        }
        terminal.print("Models   %d candidates, of which a run chooses one by the losses of the validation rows"
                .formatted(forecast.candidates().size()));
        for (CandidatesForecast.Planned each : forecast.candidates()) {
            terminal.print(
                    each.leftOut() == null
                            ? String.format(
                                    Locale.ROOT,
                                    "         %s: %,d parameters, %,.1f MB",
                                    each.model(),
                                    each.parameters(),
                                    each.bytes() / 1e6)
                            : "         %s left out: %s".formatted(each.model(), each.leftOut()));
        }
        terminal.print("         The other lines are of the largest one, " + forecast.planned());
    }
}
