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
    static void fits(@Nullable ApprovalDecision answer, ApprovalRequest request) {
        if (answer == null
                || missing(answer.by())
                || missing(answer.role())
                || missing(answer.artifact())
                || missing(answer.report())) {
            throw FailureType.REFUSED.of(
                    "an answer is {\"by\": \"<your name>\", \"role\": \"%s\", \"artifact\": \"%s\", \"report\": \"%s\"}"
                            .formatted(request.role(), request.artifact(), request.report()));
        }
        plain("by", answer.by(), LONGEST_NAME);
        plain("comment", answer.comment(), LONGEST_COMMENT);
        if (!request.role().equals(answer.role())) {
            throw FailureType.REFUSED.of("%s is asked, not %s".formatted(request.role(), shown(answer.role())));
        }
        requireEqual("model", request.artifact(), answer.artifact());
        requireEqual("report", request.report(), answer.report());
    }

    /** A key of the person, independent of capitals and spaces in the name. */
    static String person(@Nullable String by) {
        return Objects.requireNonNull(by).strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private static void requireEqual(String what, String expected, @Nullable String given) {
        if (!expected.equals(given)) {
            throw FailureType.REFUSED.of("the question is about %s %s, but the answer names %s: look at it again"
                    .formatted(what, expected, shown(given)));
        }
    }

    private static void plain(String field, @Nullable String text, int longest) {
        if (text != null && (text.length() > longest || text.codePoints().anyMatch(Character::isISOControl))) {
            throw FailureType.REFUSED.of(
                    String.format(Locale.ROOT, "%s is one line of at most %d characters", field, longest));
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
