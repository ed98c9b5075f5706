package dev.septet.dsl.parse;

import dev.septet.dsl.problem.Quote;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Translates Groovy's syntax errors to the terms of this language. */
final class SyntaxMessages {
    private static final Pattern UNEXPECTED =
            Pattern.compile("Unexpected (?:input|character): '(.*)'.*", Pattern.DOTALL);
    private static final Pattern REPEATED =
            Pattern.compile("Duplicated named parameter '(.*)' found.*", Pattern.DOTALL);
    private static final Pattern NUMBER =
            Pattern.compile("(?:Number of value|Too many nonzero exponent).*", Pattern.DOTALL);

    private SyntaxMessages() {}

    /** The message and what to do about it. */
    record Words(String message, String hint) {}

    /**
     * Translates an error.
     *
     * @param groovy Groovy's message
     * @param found the character at the error's position
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
        // For a longer piece Groovy quotes everything that it has read, from an arbitrary start.
        if (shown.contains("\\n") || shown.contains("\n")) {
            return new Words(
                    "the code before this is not finished", "A statement is `word value, option: value { block }`.");
        }
        return new Words(
                Quote.code(shown) + " is not expected here",
                "A statement is `word value, option: value { block }`, one a line or with `;`" + " between.");
    }
}
