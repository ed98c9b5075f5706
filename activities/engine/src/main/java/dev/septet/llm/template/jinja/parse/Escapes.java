package dev.septet.llm.template.jinja.parse;

/** Backslash escapes of string literals, as Python reads them. */
final class Escapes {
    private static final String SIMPLE = "\\'\"abfnrtv";
    private static final String MEANING = "\\'\"\u0007\b\f\n\r\t\u000B";

    private Escapes() {}

    static String decode(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < body.length()) {
            char c = body.charAt(i++);
            if (c != '\\' || i == body.length()) {
                text.append(c);
                continue;
            }
            char escape = body.charAt(i++);
            int simple = SIMPLE.indexOf(escape);
            if (simple >= 0) {
                text.append(MEANING.charAt(simple));
            } else if (escape == 'x' || escape == 'u' || escape == 'U') {
                int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
                text.appendCodePoint(hex(body, i, digits, line));
                i += digits;
            } else if (escape >= '0' && escape <= '7') {
                int end = i;
                while (end < body.length() && end < i + 2 && isOctal(body.charAt(end))) {
                    end++;
                }
                text.append((char) Integer.parseInt(body.substring(i - 1, end), 8));
                i = end;
            } else if (escape != '\n') {
                text.append('\\').append(escape);
            }
        }
        return text.toString();
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    private static int hex(String body, int start, int digits, int line) {
        int end = start + digits;
        if (end <= body.length() && body.substring(start, end).matches("[0-9a-fA-F]+")) {
            long point = Long.parseLong(body.substring(start, end), 16);
            if (point <= Character.MAX_CODE_POINT) {
                return (int) point;
            }
        }
        throw new LineProblem(line, "a string has a broken \\x, \\u or \\U escape");
    }
}
