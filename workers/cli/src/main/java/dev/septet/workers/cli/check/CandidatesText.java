package dev.septet.workers.cli.check;

import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.plan.CandidatesForecast;
import dev.septet.workflows.Progress;
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
        terminal.print(String.format(
                Locale.ROOT,
                "Models   %d candidates, of which a run chooses one by the losses of the validation rows",
                forecast.candidates().size()));
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
        CandidatesForecast.Training training = forecast.training();
        if (training != null) {
            print(terminal, training);
        }
        terminal.print("         The other lines are of the largest one, " + forecast.planned());
    }

    private static void print(Terminal terminal, CandidatesForecast.Training training) {
        terminal.print(String.format(
                Locale.ROOT,
                "         The best %d of the losses train for %,d steps each; %,d steps, %s",
                training.trained(),
                training.steps(),
                training.allSteps(),
                training.continues()
                        ? "and the chosen one continues from its own"
                        : "and the chosen one starts again, because `search` comes between"));
        Double seconds = training.seconds();
        terminal.print(
                seconds == null
                        ? "         Their time is known once setup has measured a step on this machine"
                        : "         which take at most about %s, one at a time, if none has slower steps than the largest"
                                .formatted(Progress.time(seconds)));
    }
}
