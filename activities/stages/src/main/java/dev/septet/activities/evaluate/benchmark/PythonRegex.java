package dev.septet.activities.evaluate.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression in the syntax of Python's {@code re}, with the parts that mean the same in Java after translation. A
 * match is stopped after {@value #MOST_STEPS} reads of the text, because a pattern may need exponential time.
 */
final class PythonRegex {
    private static final int MOST_STEPS = 2_000_000;
    private static final int MOST_PATTERN = 4096;

    /** Escapes of letters that mean the same in both languages. */
    private static final String SAME_ESCAPES = "dDwWsSbBAnrtfvx";

    private final Pattern pattern;

    private PythonRegex(Pattern pattern) {
        this.pattern = pattern;
    }

    /** A pattern that is not supported, or a match that takes too long; the message completes a sentence. */
    static final class Problem extends Exception {
        private static final long serialVersionUID = 1L;

        Problem(String message) {
            super(message, null, false, false);
        }
    }

    static PythonRegex of(String python) throws Problem {
        if (python.length() > MOST_PATTERN) {
            throw new Problem(String.format(Locale.ROOT, "is longer than %d characters", MOST_PATTERN));
        }
        try {
            return new PythonRegex(
                    Pattern.compile(translated(python), Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS));
        } catch (PatternSyntaxException e) {
            throw new Problem("is not a regular expression that Septet can read (%s)".formatted(e.getDescription()));
        } catch (StackOverflowError e) {
            throw new Problem("is nested too deep");
        }
    }

    /** Java's form of a pattern. */
    private static String translated(String python) throws Problem {
        StringBuilder java = new StringBuilder();
        boolean set = false;
        int setStart = 0;
        for (int at = 0; at < python.length(); at++) {
            char next = python.charAt(at);
            if (next == '\\') {
                at++;
                escape(python, at, set, java);
            } else if (set) {
                boolean first = at == setStart || (at == setStart + 1 && python.charAt(setStart) == '^');
                set = next != ']' || first;
                // In Java's sets, these characters have a meaning that they do not have in Python's.
                java.append(next == '[' || next == '&' || next == '~' || (next == ']' && first) ? "\\" : "")
                        .append(next);
            } else if (next == '[') {
                set = true;
                setStart = at + 1;
                java.append(next);
            } else if (python.startsWith("(?P<", at)) {
                java.append("(?<");
                at += 3;
            } else if (python.startsWith("(?P=", at)) {
                int end = python.indexOf(')', at);
                java.append("\\k<")
                        .append(python, at + 4, Math.max(at + 4, end))
                        .append('>');
                at = end < 0 ? python.length() : end;
            } else if (python.startsWith("(?#", at) || python.startsWith("(?(", at)) {
                throw new Problem("has a comment or a condition in its groups");
            } else if (python.startsWith("{,", at)) {
                java.append("{0,");
                at++;
            } else {
                java.append(next);
            }
        }
        return java.toString();
    }

    private static void escape(String python, int at, boolean set, StringBuilder java) throws Problem {
        if (at >= python.length()) {
            throw new Problem("ends with a backslash");
        }
        char kind = python.charAt(at);
        if (kind == 'Z' && !set) {
            java.append("\\z");
        } else if (kind == 'b' && set) {
            java.append("\\x08");
        } else if (kind == 'v') {
            java.append("\\x0B");
        } else if (Character.isLetter(kind) && SAME_ESCAPES.indexOf(kind) < 0 && kind != 'u') {
            throw new Problem("has the escape \\%c, which is not supported".formatted(kind));
        } else {
            java.append('\\').append(kind);
        }
    }

    /**
     * Python's {@code findall}: per match the whole text, or of a pattern with groups the groups' texts, empty where a group
     * is not in the match.
     */
    List<List<String>> all(String text) throws Problem {
        List<List<String>> found = new ArrayList<>();
        try {
            Matcher matcher = pattern.matcher(new Counted(text));
            while (matcher.find()) {
                List<String> groups = new ArrayList<>();
                for (int group = 1; group <= matcher.groupCount(); group++) {
                    groups.add(
                            matcher.start(group) < 0 ? "" : text.substring(matcher.start(group), matcher.end(group)));
                }
                found.add(groups.isEmpty() ? List.of(text.substring(matcher.start(), matcher.end())) : groups);
            }
            return found;
        } catch (TooLong | StackOverflowError e) {
            throw new Problem("takes too long on an answer");
        }
    }

    /** Whether matches are lists of groups instead of texts. */
    boolean hasSeveralGroups() {
        return pattern.matcher("").groupCount() > 1;
    }

    /** Python's {@code sub} with an empty replacement. */
    String removedFrom(String text) throws Problem {
        StringBuilder rest = new StringBuilder();
        int done = 0;
        try {
            Matcher matcher = pattern.matcher(new Counted(text));
            while (matcher.find()) {
                rest.append(text, done, matcher.start());
                done = matcher.end();
            }
        } catch (TooLong | StackOverflowError e) {
            throw new Problem("takes too long on an answer");
        }
        return rest.append(text, done, text.length()).toString();
    }

    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super(null, null, false, false);
        }
    }

    /** A text that counts how often it is read. */
    private static final class Counted implements CharSequence {
        private final String text;
        private int steps;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new TooLong();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
