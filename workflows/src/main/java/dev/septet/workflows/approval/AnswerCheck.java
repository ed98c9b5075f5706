package dev.septet.workflows.approval;

import dev.septet.workflows.FailureType;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks that an answer matches the question. */
final class AnswerCheck {
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_COMMENT = 1000;

    private AnswerCheck() {}

    /**
     * Returns if the answer matches.
     *
     * @throws io.temporal.failure.ApplicationFailure Refused, with the mismatch in the message
     */
    static void fits(@Nullable ApprovalDecision answer, ApprovalRequest asked) {
        if (answer == null
                || missing(answer.by())
                || missing(answer.role())
                || missing(answer.artifact())
                || missing(answer.report())) {
            throw FailureType.REFUSED.of(
                    "an answer is {\"by\": \"<your name>\", \"role\": \"%s\", \"artifact\": \"%s\", \"report\": \"%s\"}"
                            .formatted(asked.role(), asked.artifact(), asked.report()));
        }
        plain("by", answer.by(), LONGEST_NAME);
        plain("comment", answer.comment(), LONGEST_COMMENT);
        if (!asked.role().equals(answer.role())) {
            throw FailureType.REFUSED.of("%s is asked, not %s".formatted(asked.role(), shown(answer.role())));
        }
        same("model", asked.artifact(), answer.artifact());
        same("report", asked.report(), answer.report());
    }

    /** A key of the person, independent of capitals and spaces in the name. */
    static String person(@Nullable String by) {
        return Objects.requireNonNull(by).strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private static void same(String what, String asked, @Nullable String named) {
        if (!asked.equals(named)) {
            throw FailureType.REFUSED.of("the question is about %s %s, but the answer names %s: look at it again"
                    .formatted(what, asked, shown(named)));
        }
    }

    private static void plain(String field, @Nullable String text, int longest) {
        if (text != null && (text.length() > longest || text.codePoints().anyMatch(Character::isISOControl))) {
            throw FailureType.REFUSED.of("%s is one line of at most %d characters".formatted(field, longest));
        }
    }

    private static boolean missing(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static String shown(@Nullable String text) {
        String plain = String.valueOf(text).replaceAll("\\p{C}", "?");
        return "'" + (plain.length() <= 80 ? plain : plain.substring(0, 80) + "...") + "'";
    }
}
