package dev.septet.dsl.parse;

import dev.septet.dsl.problem.Quote;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Groovy's syntax errors in the words of this language. */
final class SyntaxMessages {
    private static final Pattern UNEXPECTED =
            Pattern.compile("Unexpected (?:input|character): '(.*)'.*", Pattern.DOTALL);
    private static final Pattern REPEATED =
            Pattern.compile("Duplicated named parameter '(.*)' found.*", Pattern.DOTALL);
    private static final Pattern NUMBER =
            Pattern.compile("(?:Number of value|Too many nonzero exponent).*", Pattern.DOTALL);

    private SyntaxMessages() {}

    /** What is said, and what to do. */
    record Words(String message, String hint) {}

    /**
     * Translates.
     *
     * @param groovy what Groovy says
     * @param found the character that it points at
     */
    static Words of(String groovy, String found) {
        Matcher unexpected = UNEXPECTED.matcher(groovy);
        if (unexpected.matches()) {
            return unexpected(unexpected.group(1), found);
        }
        Matcher repeated = REPEATED.matcher(groovy);
        if (repeated.matches()) {
            return new Words(Quote.code(repeated.group(1) + ":") + " is already set", "Set it once.");
        }
        if (NUMBER.matcher(groovy).matches()) {
            return new Words("this number cannot be written like this", "Write it shorter.");
        }
        return new Words("this cannot be read as a statement", "A statement is `word value, option: value { block }`.");
    }

    private static Words unexpected(String input, String found) {
        String shown = input.strip();
        if (shown.isEmpty() || shown.equals("<EOF>")) {
            return new Words("the file ends in the middle of a statement", "Finish or remove the last line.");
        }
        if (found.equals(":")) {
            return new Words(
                    "`:` is not expected here", "Options are separated by commas: `word value, option: value`.");
        }
        // Of a longer piece Groovy quotes all it has read, wherever that began.
        if (shown.contains("\\n") || shown.contains("\n")) {
            return new Words(
                    "the code before this is not finished", "A statement is `word value, option: value { block }`.");
        }
        return new Words(
                Quote.code(shown) + " is not expected here",
                "A statement is `word value, option: value { block }`, one a line or with `;`" + " between.");
    }
}
