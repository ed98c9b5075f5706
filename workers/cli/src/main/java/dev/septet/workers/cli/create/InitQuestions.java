package dev.septet.workers.cli.create;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plain questions, one after the other, with defaults. {@code back} returns to the question before. */
final class InitQuestions {
    /** The source of the user's lines. */
    @FunctionalInterface
    interface Lines {
        /** The next line; null at the end of input, by Ctrl-D or Ctrl-C. */
        @Nullable
        String line(String question);
    }

    /**
     * A question.
     *
     * @param given the answer that an option gave; null to ask
     * @param text what is asked
     * @param standard the answer of an empty line; empty for none
     * @param accept takes the answer, or throws {@link CliProblem}, whose message is shown before the question is
     *     asked again
     */
    private record Question(
            @Nullable String given, Supplier<String> text, Supplier<String> standard, Consumer<String> accept) {}

    private final List<Question> questions = new ArrayList<>();

    /** Adds a question. A given answer is taken in its turn, without asking. */
    InitQuestions ask(
            @Nullable String given, Supplier<String> text, Supplier<String> standard, Consumer<String> accept) {
        questions.add(new Question(given, text, standard, accept));
        return this;
    }

    /** Takes the given answers, and the defaults of the others. */
    void takeDefaults() {
        for (Question question : questions) {
            String given = question.given();
            question.accept().accept(given == null ? question.standard().get() : given);
        }
    }

    /**
     * Asks all questions without a given answer.
     *
     * @throws CliProblem INTERRUPTED at the end of input; with its own exit code for a given answer that is wrong
     */
    void at(Terminal terminal, Lines lines) {
        terminal.note("An empty line takes the answer in brackets; `back` returns to the question before.");
        int at = 0;
        while (at < questions.size()) {
            Question question = questions.get(at);
            String given = question.given();
            if (given != null) {
                question.accept().accept(given);
                at++;
                continue;
            }
            terminal.note("");
            terminal.note(String.format(
                    Locale.ROOT,
                    "%d of %d  %s",
                    asked(at) + 1,
                    asked(questions.size()),
                    question.text().get()));
            at = answered(question, terminal, lines) ? at + 1 : before(at);
        }
    }

    /** Asks until the answer is accepted; false for {@code back}. */
    private static boolean answered(Question question, Terminal terminal, Lines lines) {
        while (true) {
            String standard = question.standard().get();
            String line = lines.line(standard.isEmpty() ? "> " : "[%s] > ".formatted(standard));
            if (line == null) {
                throw new CliProblem(ExitCode.INTERRUPTED, "interrupted; nothing was written");
            }
            String answer = line.strip();
            if (answer.equalsIgnoreCase("back")) {
                return false;
            }
            try {
                question.accept().accept(answer.isEmpty() ? standard : answer);
                return true;
            } catch (CliProblem problem) {
                terminal.note(String.valueOf(problem.getMessage()));
            }
        }
    }

    /** The question that is asked before this one; the same one for the first. */
    private int before(int at) {
        for (int earlier = at - 1; earlier >= 0; earlier--) {
            if (questions.get(earlier).given() == null) {
                return earlier;
            }
        }
        return at;
    }

    /** The number of questions before this one that are asked. */
    private int asked(int before) {
        return (int) questions.subList(0, before).stream()
                .filter(question -> question.given() == null)
                .count();
    }
}
