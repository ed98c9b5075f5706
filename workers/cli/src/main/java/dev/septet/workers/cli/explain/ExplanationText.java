package dev.septet.workers.cli.explain;

import dev.septet.activities.explain.Explanation;
import dev.septet.activities.explain.Explanation.InfluentialRow;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An explanation as tables. */
final class ExplanationText {
    private static final int SHOWN = 48;
    private static final int LINE = 200;
    private static final int DIGITS = 12;
    private static final int WORDS = 10;
    private static final int OPPOSING = 3;

    private ExplanationText() {}

    static List<String> of(Explanation explanation, Screen screen) {
        Explanation.Asked asked = explanation.question();
        List<String> text = new ArrayList<>();
        text.add("Model    run %s, adapter %s".formatted(explanation.run(), digits(explanation.adapter())));
        text.add("Question %s".formatted(asked.source()));
        text.add("Prompt   %s".formatted(cut(asked.prompt(), LINE)));
        text.add("Answer   %s".formatted(cut(asked.answer(), LINE)));
        text.add(String.format(
                Locale.ROOT,
                "         from %s, log p %s nats, %,d tokens",
                asked.answerFrom(),
                number(asked.logProbability()),
                asked.tokens()));
        Integer differing = explanation.differingSteps();
        if (differing != null) {
            text.add("Steps    gradients compared at %s%s"
                    .formatted(
                            explanation.states().stream()
                                    .map(state -> Integer.toString(state.step()))
                                    .collect(Collectors.joining(", ")),
                            differing == 0
                                    ? "; the repeated training has the same losses, bit for bit"
                                    : String.format(
                                            Locale.ROOT,
                                            "; the losses of %,d repeated steps differ in bits, as on another kind of machine",
                                            differing)));
        }
        text.add("");
        text.add(String.format(
                Locale.ROOT,
                "Rows that made the answer more probable, of %,d training rows",
                explanation.trainingRows()));
        table(explanation.supporting(), screen, text);
        if (explanation.supporting().stream().anyMatch(row -> !row.origins().isEmpty())) {
            text.add("`septet data trace DIGEST` shows what else saw a row.");
        }
        List<InfluentialRow> opposing = explanation.opposing();
        if (!opposing.isEmpty()) {
            text.add("");
            text.add("Rows that made it less probable");
            table(opposing.subList(0, Math.min(OPPOSING, opposing.size())), screen, text);
        }
        if (!explanation.words().isEmpty()) {
            text.add("");
            text.add("Words of the prompt that mattered: log p of the answer falls by this when the word is left out");
            Grid grid = new Grid(screen, "word", "message", "nats").right(1, 2);
            for (Explanation.Word word : explanation.strongestWords(WORDS)) {
                grid.row(cut(word.text(), SHOWN), Integer.toString(word.message()), number(word.drop()));
            }
            text.addAll(grid.text().lines().toList());
        }
        return text;
    }

    private static void table(List<InfluentialRow> rows, Screen screen, List<String> text) {
        if (rows.isEmpty()) {
            text.add("none");
            return;
        }
        Grid grid = new Grid(screen, "similarity", "read at", "digest", "row").right(0);
        for (InfluentialRow row : rows) {
            grid.row(
                    number(row.similarity()),
                    row.source(),
                    row.origins().isEmpty() ? "-" : digits(row.origins().get(0).read()),
                    text(row));
        }
        text.addAll(grid.text().lines().toList());
    }

    private static String text(InfluentialRow row) {
        String answer = cut(row.answer(), SHOWN);
        return (row.prompt().isEmpty() ? "" : cut(row.prompt(), SHOWN) + " -> ")
                + answer
                + (row.copies() == 1 ? "" : String.format(Locale.ROOT, " (%,d times)", row.copies()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** One line of a text, with its white space as single spaces. */
    private static String cut(String text, int longest) {
        String line =
                text.substring(0, Math.min(text.length(), 4 * longest)).strip().replaceAll("\\s+", " ");
        if (line.codePointCount(0, line.length()) <= longest) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, longest - 1)) + "…";
    }

    private static String digits(String digest) {
        return digest.substring(0, Math.min(DIGITS, digest.length()));
    }
}
