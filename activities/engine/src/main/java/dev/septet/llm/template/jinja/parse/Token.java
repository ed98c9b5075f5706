package dev.septet.llm.template.jinja.parse;

/**
 * A token of a template.
 *
 * @param kind kind of the token
 * @param text its text; for a string literal, the literal's value
 * @param line line of its start, from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind {
        TEXT("text"),
        OPEN_OUTPUT("{{"),
        CLOSE_OUTPUT("}}"),
        OPEN_TAG("{%"),
        CLOSE_TAG("%}"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("a number"),
        FLOAT("a number"),
        OPERATOR("an operator"),
        END("the end of the template");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean is(Kind other, String expected) {
        return kind == other && text.equals(expected);
    }

    boolean isOperator(String expected) {
        return is(Kind.OPERATOR, expected);
    }

    boolean isName(String expected) {
        return is(Kind.NAME, expected);
    }

    /** Description in messages. */
    String words() {
        return switch (kind) {
            case NAME, INTEGER, FLOAT, OPERATOR -> "\"" + text + "\"";
            default -> kind.words;
        };
    }
}
