package dev.septet.workers.cli.review;

import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Grid;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A blind review at a terminal, one pair after the other. Every vote takes effect at once. */
record TerminalReview(Terminal terminal, BlindReview review, String reviewer) {
    private static final String ASK = "[l]eft, [r]ight, [t]ie, [s]kip, [u]ndo, [q]uit > ";
    private static final String ASK_AT_END = "[u]ndo, [q]uit > ";

    /** The source of the reviewer's lines. */
    @FunctionalInterface
    interface Asking {
        /** The next line; null at the end of input. */
        @Nullable
        String ask(String question);
    }

    void run(Asking asking) throws IOException {
        while (true) {
            BlindReview.Question question = review.next(reviewer);
            show(question);
            String word = word(asking.ask(question.open() ? ASK : ASK_AT_END));
            if (word.startsWith("q")) {
                terminal.note(String.format(Locale.ROOT, "%d of %d pairs done", question.done(), question.all()));
                return;
            }
            try {
                if (word.startsWith("u")) {
                    review.undo(reviewer);
                } else {
                    Verdict verdict = verdict(word);
                    if (verdict != null && question.open()) {
                        review.vote(reviewer, question.pair(), verdict);
                    }
                }
            } catch (BlindReview.Refused refused) {
                terminal.note(String.valueOf(refused.getMessage()));
            }
        }
    }

    /** The end of the input ends the review. */
    private static String word(@Nullable String line) {
        return line == null ? "q" : line.strip().toLowerCase(Locale.ROOT);
    }

    private void show(BlindReview.Question question) {
        if (!question.open()) {
            terminal.note("no pair is left");
            return;
        }
        terminal.note(String.format(Locale.ROOT, "pair %d of %d", question.done() + 1, question.all()));
        question.prompt().lines().forEach(terminal::print);
        new Grid(terminal.screen(), "left", "right")
                .row(question.left(), question.right())
                .text()
                .lines()
                .forEach(terminal::print);
    }

    private static @Nullable Verdict verdict(String word) {
        return switch (word.isEmpty() ? ' ' : word.charAt(0)) {
            case 'l' -> Verdict.FIRST;
            case 'r' -> Verdict.SECOND;
            case 't' -> Verdict.TIE;
            case 's' -> Verdict.SKIP;
            default -> null;
        };
    }
}
