package dev.septet.dsl.pipeline.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks the text of a query before a database sees it: one statement that begins with {@code select} or {@code with},
 * and whose result has an order. It knows literals, quoted names, comments and brackets of SQL and PostgreSQL, and no
 * more of the grammar. The database itself refuses to write, because the transaction is read-only.
 */
final class QueryText {
    private final String text;
    private final List<String> words = new ArrayList<>();
    private int at;
    private int depth;
    private boolean ended;

    QueryText(String text) {
        this.text = text;
    }

    /** What is wrong with the query; null when it is allowed. */
    @Nullable
    String objection() {
        while (at < text.length()) {
            String wrong = token();
            if (wrong != null) {
                return wrong;
            }
        }
        if (depth > 0) {
            return "a bracket is never closed";
        }
        String first = words.isEmpty() ? "" : words.get(0);
        if (!first.equals("select") && !first.equals("with")) {
            return "must be one statement that reads, and begin with select or with";
        }
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals("order") && words.get(i + 1).equals("by")) {
                return null;
            }
        }
        return "its result has no order, so another attempt could read other rows; add `order by` with a unique column"
                + " at its end";
    }

    /** Passes a token; returns what is wrong with it. */
    private @Nullable String token() {
        char c = text.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
            return null;
        }
        if (text.startsWith("--", at)) {
            while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                at++;
            }
            return null;
        }
        if (text.startsWith("/*", at)) {
            return comment();
        }
        if (ended) {
            return "has more than one statement; write one, without a semicolon";
        }
        if (Character.isLetter(c) || c == '_') {
            return word();
        }
        if (c == '\'' || c == '"') {
            return quoted(String.valueOf(c), at + 1);
        }
        if (c == '$') {
            return dollar();
        }
        if (c == '(' || c == '[') {
            depth++;
        } else if (c == ')' || c == ']') {
            depth--;
        } else if (c == ';') {
            ended = true;
        }
        at++;
        return depth < 0 ? "a bracket is closed that was not opened" : null;
    }

    private @Nullable String word() {
        int from = at;
        while (at < text.length() && isPartOfName(text.charAt(at))) {
            at++;
        }
        String word = text.substring(from, at).toLowerCase(Locale.ROOT);
        if (word.equals("e") && at < text.length() && text.charAt(at) == '\'') {
            return "has a literal of the form E'...', whose end depends on backslashes; write '...' or $$...$$";
        }
        if (depth == 0) {
            words.add(word);
        }
        return null;
    }

    private static boolean isPartOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    /** Passes a text up to its closing mark. A doubled mark inside begins the text again, which gives the same end. */
    private @Nullable String quoted(String mark, int from) {
        int end = text.indexOf(mark, from);
        at = end < 0 ? text.length() : end + mark.length();
        return end < 0 ? "a quotation with %s is never closed".formatted(mark) : null;
    }

    /** A literal such as {@code $$...$$} or {@code $tag$...$tag$}, or a lonely dollar sign. */
    private @Nullable String dollar() {
        int end = at + 1;
        while (end < text.length() && isPartOfName(text.charAt(end)) && text.charAt(end) != '$') {
            end++;
        }
        boolean tag = end < text.length() && text.charAt(end) == '$' && !Character.isDigit(text.charAt(at + 1));
        if (!tag) {
            at++;
            return null;
        }
        return quoted(text.substring(at, end + 1), end + 1);
    }

    /** Comments of PostgreSQL may have comments inside. */
    private @Nullable String comment() {
        int open = 0;
        while (at < text.length()) {
            if (text.startsWith("/*", at)) {
                open++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                open--;
                at += 2;
                if (open == 0) {
                    return null;
                }
            } else {
                at++;
            }
        }
        return "a comment is never closed";
    }
}
