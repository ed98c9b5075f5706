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
     * Asks all questions without a given answer, and then takes the last step. A problem of the last step loses no
     * answer: the user may correct its cause and try again, or go back to a question.
     *
     * @param last uses the answers, or throws {@link CliProblem}, whose message is shown
     * @throws CliProblem INTERRUPTED at the end of input; with its own exit code for a given answer that is wrong
     */
    void at(Terminal terminal, Lines lines, Runnable last) {
        terminal.note("An empty line takes the answer in brackets; `back` returns to the question before.");
        int at = 0;
        while (true) {
            at = asked(at, terminal, lines);
            try {
                last.run();
                return;
            } catch (CliProblem problem) {
                terminal.note(String.valueOf(problem.getMessage()));
                terminal.note("The answers are kept. An empty line tries again; `back` returns to the last question.");
            }
            if (line(lines, "> ").equalsIgnoreCase("back")) {
                at = before(at);
            }
        }
    }

    /** Asks from this question on; returns the number of questions. */
    private int asked(int from, Terminal terminal, Lines lines) {
        int at = from;
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
                    numberAsked(at) + 1,
                    numberAsked(questions.size()),
                    question.text().get()));
            at = answered(question, terminal, lines) ? at + 1 : before(at);
        }
        return at;
    }

    private static String line(Lines lines, String prompt) {
        String line = lines.line(prompt);
        if (line == null) {
            throw new CliProblem(ExitCode.INTERRUPTED, "interrupted; nothing was written");
        }
        return line.strip();
    }

    /** Asks until the answer is accepted; false for {@code back}. */
    private static boolean answered(Question question, Terminal terminal, Lines lines) {
        while (true) {
            String standard = question.standard().get();
            String answer = line(lines, standard.isEmpty() ? "> " : "[%s] > ".formatted(standard));
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
    private int numberAsked(int before) {
        return (int) questions.subList(0, before).stream()
                .filter(question -> question.given() == null)
                .count();
    }
}
