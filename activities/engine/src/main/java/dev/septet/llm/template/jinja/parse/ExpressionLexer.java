package dev.septet.llm.template.jinja.parse;

import dev.septet.llm.template.jinja.parse.Token.Kind;
import dev.septet.llm.template.jinja.value.PythonText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the tokens between a pair of delimiters. */
final class ExpressionLexer {
    private static final Pattern TOKEN =
            Pattern.compile("(?<float>\\d+(?:_\\d+)*(?:\\.\\d+(?:_\\d+)*)?[eE][+-]?\\d+(?:_\\d+)*"
                    + "|\\d+(?:_\\d+)*\\.\\d+(?:_\\d+)*)"
                    + "|(?<integer>0[bB](?:_?[01])+|0[oO](?:_?[0-7])+"
                    + "|0[xX](?:_?[0-9a-fA-F])+|\\d+(?:_\\d+)*)"
                    + "|(?<name>[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*)"
                    + "|(?<operator>//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;])");

    private final String source;
    private final String delimiter;
    private final Deque<Character> open = new ArrayDeque<>();
    private int at;
    private int line;

    ExpressionLexer(String source, int at, int line, String delimiter) {
        this.source = source;
        this.at = at;
        this.line = line;
        this.delimiter = delimiter;
    }

    /** End position of the closing delimiter. */
    int end() {
        return at;
    }

    int line() {
        return line;
    }

    /** Reads up to the closing delimiter, inclusive; returns its white space sign or a space. */
    char readInto(List<Token> tokens, int opened) {
        Matcher matcher = TOKEN.matcher(source);
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw new LineProblem(opened, "this is never closed with " + delimiter);
            }
            char next = source.charAt(at);
            if (open.isEmpty()) {
                boolean signed = next == '-' || (next == '+' && delimiter.equals("%}"));
                if (source.startsWith(delimiter, signed ? at + 1 : at)) {
                    at += signed ? 3 : 2;
                    return signed ? next : ' ';
                }
            }
            if (next == '"' || next == '\'') {
                tokens.add(string(next));
            } else if (matcher.region(at, source.length()).lookingAt()) {
                tokens.add(token(matcher));
                at = matcher.end();
            } else {
                throw new LineProblem(line, "cannot read the character '" + next + "' here");
            }
        }
    }

    private Token token(Matcher matcher) {
        String text = matcher.group();
        if (matcher.group("float") != null) {
            return new Token(Kind.FLOAT, text.replace("_", ""), line);
        }
        if (matcher.group("integer") != null) {
            return new Token(Kind.INTEGER, text.replace("_", ""), line);
        }
        if (matcher.group("name") != null) {
            return new Token(Kind.NAME, text, line);
        }
        balance(text.charAt(0));
        return new Token(Kind.OPERATOR, text, line);
    }

    private void balance(char operator) {
        switch (operator) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty()) {
                    throw new LineProblem(line, "'" + operator + "' closes nothing");
                }
                char expected = open.pop();
                if (expected != operator) {
                    throw new LineProblem(line, "found '" + operator + "', expected '" + expected + "'");
                }
            }
            default -> {}
        }
    }

    private Token string(char quote) {
        int start = at + 1;
        int end = start;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw new LineProblem(line, "a string is opened with " + quote + " and never closed");
        }
        String body = source.substring(start, end);
        Token token = new Token(Kind.STRING, Escapes.decode(body, line), line);
        line += (int) body.chars().filter(c -> c == '\n').count();
        at = end + 1;
        return token;
    }

    private void skipSpace() {
        while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
            if (source.charAt(at) == '\n') {
                line++;
            }
            at++;
        }
    }
}
