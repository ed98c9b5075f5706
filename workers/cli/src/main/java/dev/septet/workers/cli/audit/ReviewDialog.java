package dev.septet.workers.cli.audit;

import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import dev.septet.activities.review.ReviewProblem;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A review at a terminal, one candidate after the other. Every decision takes effect at once. */
record ReviewDialog(ReviewView view, ReviewBook book, String by, Clock clock) {
    private static final String ASK = "[a]ccept, [r]eject, [e]dit, [s]kip, [q]uit > ";

    /** The source of the reviewer's lines. */
    @FunctionalInterface
    interface Asking {
        /** The next line; null at the end of input. */
        @Nullable
        String ask(String question);
    }

    void run(List<ReviewCandidate> pending, Asking asking) throws IOException {
        int decided = 0;
        for (int at = 0; at < pending.size(); at++) {
            ReviewCandidate candidate = pending.get(at);
            if (!book.pending(candidate)) {
                continue;
            }
            view.note(String.format(Locale.ROOT, "%d of %d", at + 1, pending.size()));
            view.show(candidate);
            Boolean done = null;
            while (done == null) {
                String line = asking.ask(ASK);
                if (line == null || line.strip().toLowerCase(Locale.ROOT).startsWith("q")) {
                    end(decided);
                    return;
                }
                done = decide(candidate, line.strip().toLowerCase(Locale.ROOT), asking);
            }
            decided += done ? 1 : 0;
        }
        end(decided);
    }

    /** Whether a decision was made; null to ask again. */
    private @Nullable Boolean decide(ReviewCandidate candidate, String word, Asking asking) throws IOException {
        try {
            switch (word.isEmpty() ? ' ' : word.charAt(0)) {
                case 'a' -> book.accept(candidate, by, clock);
                case 'r' -> book.reject(candidate, by, clock);
                case 'e' -> {
                    String answer = asking.ask("the answer should be > ");
                    if (answer == null) {
                        return null;
                    }
                    book.replace(candidate, answer, by, clock);
                }
                case 's' -> {
                    return false;
                }
                default -> {
                    return null;
                }
            }
            return true;
        } catch (ReviewProblem | RowProblem refused) {
            view.note(String.valueOf(refused.getMessage()));
            return null;
        }
    }

    private void end(int decided) {
        view.note(String.format(Locale.ROOT, "%d decided, %d accepted rows", decided, book.rows()));
    }
}
