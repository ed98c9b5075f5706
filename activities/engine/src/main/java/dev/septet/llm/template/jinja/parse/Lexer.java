package dev.septet.llm.template.jinja.parse;

import dev.septet.llm.template.jinja.parse.Token.Kind;
import dev.septet.llm.template.jinja.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens and applies the white space rules.
 *
 * <p>A minus sign at a delimiter removes all white space on that side. Without a sign, the first
 * line break after a tag or comment is removed ({@code trim_blocks}). The indentation before a tag
 * or comment at the start of a line is removed too ({@code lstrip_blocks}). A plus sign keeps both.
 * One line break at the end of the template is removed. A lexer that keeps white space does none of
 * these three without a minus sign.
 */
final class Lexer {
    private static final Pattern RAW = Pattern.compile("\\s*raw\\s*(?:-%}\\s*|%})");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)");

    private final String source;
    private final boolean trims;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean lineStarts = true;

    private Lexer(String source, boolean trims) {
        this.source = source;
        this.trims = trims;
    }

    /**
     * @param trims whether white space around tags and the last line break are removed
     * @throws LineProblem when something is unclosed or invalid
     */
    static List<Token> tokens(String template, boolean trims) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (trims && source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        Lexer lexer = new Lexer(source, trims);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int open = nextDelimiter();
            if (open < 0) {
                text(source.substring(at));
                at = source.length();
                break;
            }
            char kind = source.charAt(open + 1);
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            text(strippedBefore(source.substring(at, open), kind, sign));
            countLines(at, open);
            at = open + (signed ? 3 : 2);
            switch (kind) {
                case '#' -> comment();
                case '%' -> tag();
                default -> inside(Kind.OPEN_OUTPUT, Kind.CLOSE_OUTPUT, "}}");
            }
        }
        tokens.add(new Token(Kind.END, "", line));
    }

    private int nextDelimiter() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private String strippedBefore(String text, char kind, char sign) {
        if (sign == '-') {
            return PythonText.stripEnd(text);
        }
        if (!trims || sign == '+' || kind == '{') {
            return text;
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean firstInLine = lineStart > 0 || lineStarts;
        return firstInLine && PythonText.strip(text.substring(lineStart)).isEmpty()
                ? text.substring(0, lineStart)
                : text;
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw new LineProblem(line, "a comment is opened with {# and never closed with #}");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        int next = afterClose(end + 2, sign);
        countLines(at, next);
        at = next;
    }

    private void tag() {
        Matcher raw = RAW.matcher(source).region(at, source.length());
        if (raw.lookingAt()) {
            raw(raw.end());
        } else {
            inside(Kind.OPEN_TAG, Kind.CLOSE_TAG, "%}");
        }
    }

    private void raw(int start) {
        Matcher end = END_RAW.matcher(source).region(start, source.length());
        if (!end.find()) {
            throw new LineProblem(line, "{% raw %} is never closed with {% endraw %}");
        }
        String sign = end.group(1);
        lineStarts = source.charAt(start - 1) == '\n';
        String body = source.substring(start, end.start());
        text(strippedBefore(body, '%', sign.isEmpty() ? ' ' : sign.charAt(0)));
        lineStarts = source.charAt(end.end() - 1) == '\n';
        countLines(at, end.end());
        at = end.end();
    }

    private void inside(Kind open, Kind close, String delimiter) {
        int opened = line;
        tokens.add(new Token(open, delimiter, line));
        ExpressionLexer lexer = new ExpressionLexer(source, at, line, delimiter);
        char sign = lexer.readInto(tokens, opened);
        line = lexer.line();
        tokens.add(new Token(close, delimiter, line));
        at = lexer.end();
        int next = close == Kind.CLOSE_TAG || sign == '-' ? afterClose(at, sign) : plainClose(at);
        countLines(at, next);
        at = next;
    }

    private int plainClose(int end) {
        lineStarts = false;
        return end;
    }

    /** Start of the text after a closing delimiter, depending on its sign. */
    private int afterClose(int end, char sign) {
        int next = end;
        if (sign == '-') {
            while (next < source.length() && PythonText.isSpace(source.charAt(next))) {
                next++;
            }
        } else if (trims && sign != '+' && next < source.length() && source.charAt(next) == '\n') {
            next++;
        }
        lineStarts = source.charAt(next - 1) == '\n';
        return next;
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.TEXT, text, line));
        }
    }

    private void countLines(int from, int to) {
        for (int i = from; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
    }
}
