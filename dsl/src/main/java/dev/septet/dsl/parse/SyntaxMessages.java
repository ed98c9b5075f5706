package dev.septet.dsl.parse;

import dev.septet.dsl.problem.Quote;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Groovy's syntax errors in the words of this language. */
final class SyntaxMessages {
    private static final Pattern UNEXPECTED =
            Pattern.compile("Unexpected (?:input|character): '(.*)'.*", Pattern.DOTALL);
    private static final Pattern NUMBER =
            Pattern.compile("(?:Number of value|Too many nonzero exponent).*", Pattern.DOTALL);

    private SyntaxMessages() {}

    /** What is said, and what to do. */
    record Words(String message, String hint) {}

    static Words of(String groovy) {
        Matcher unexpected = UNEXPECTED.matcher(groovy);
        if (unexpected.matches()) {
            return unexpected(unexpected.group(1));
        }
        if (NUMBER.matcher(groovy).matches()) {
            return new Words("this number cannot be written like this", "Write it shorter.");
        }
        return new Words(
                "this cannot be read as a statement",
                "A statement is `word value, option: value { block }`.");
    }

    private static Words unexpected(String input) {
        // Groovy quotes all it has read so far; the last word of it is where it gave up.
        String shown = input.strip().lines().reduce("", (first, last) -> last).strip();
        shown = shown.replace("\\n", " ").replace("\\r", " ").replace("\\t", " ").strip();
        if (shown.isEmpty() || shown.equals("<EOF>")) {
            return new Words(
                    "the file ends in the middle of a statement",
                    "Finish or remove the last line.");
        }
        if (shown.endsWith(":")) {
            return new Words(
                    "`:` is not expected here",
                    "Options are separated by commas: `word value, option: value`.");
        }
        return new Words(
                Quote.code(shown) + " is not expected here",
                "A statement is `word value, option: value { block }`, one a line or with `;`"
                        + " between.");
    }
}
