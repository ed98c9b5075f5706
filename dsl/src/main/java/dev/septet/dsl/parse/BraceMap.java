package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.problem.SourceText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reports braces that contain a map, such as {@code lora { rank: 16, alpha: 32 }}. Groovy parses the first entry as a
 * jump label and stops at the comma.
 */
final class BraceMap {
    private static final Pattern ENTRY =
            Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*:\\s*(\\S(?:.*\\S)?)\\s*", Pattern.DOTALL);

    private BraceMap() {}

    /**
     * Reports the braces around the position where Groovy's parser stopped.
     *
     * @return whether they contain a map
     */
    static boolean report(Problems problems, SourceLocation stopped, BraceSyntax braces) {
        SourceText source = problems.source();
        String text = String.join("\n", source.lines());
        int at = offset(source, stopped);
        int opening = text.lastIndexOf('{', Math.min(at, text.length() - 1));
        if (opening < 0) {
            return false;
        }
        List<String> pieces = pieces(text, opening + 1);
        List<Matcher> entries = new ArrayList<>();
        for (String piece : pieces) {
            Matcher entry = ENTRY.matcher(piece);
            if (!entry.matches()) {
                return false;
            }
            entries.add(entry);
        }
        String word = wordBefore(text, opening);
        if (entries.size() < 2 || word.isEmpty()) {
            return false;
        }
        int first = opening + 1;
        while (Character.isWhitespace(text.charAt(first))) {
            first++;
        }
        String before = text.substring(0, first);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int start = before.lastIndexOf('\n') + 1;
        int length = text.indexOf(':', first) + 1 - first;
        boolean block = braces.blocks().contains(word);
        problems.add(
                ProblemId.SYNTAX,
                SourceLocation.of(source.file(), line, text.codePointCount(start, first) + 1, length),
                block
                        ? "braces hold statements, not a map: a statement has no `:` after its word"
                                + " and no `,` at its end"
                        : "options follow the word, without braces",
                "Write %s.".formatted(Quote.code(block ? block(word, entries) : options(word, entries))));
        return true;
    }

    /**
     * Searches backwards by index, because a pattern that ends with {@code $} would try every position of a long text.
     */
    private static String wordBefore(String text, int opening) {
        int end = opening;
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        int begin = end;
        while (begin > 0 && isWordPart(text.charAt(begin - 1))) {
            begin--;
        }
        while (begin < end && Character.isDigit(text.charAt(begin))) {
            begin++;
        }
        return text.substring(begin, end);
    }

    private static boolean isWordPart(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static String block(String word, List<Matcher> entries) {
        return entries.stream()
                .map(e -> e.group(1) + " " + e.group(2).replaceAll("^\\[|]$", ""))
                .collect(Collectors.joining("; ", word + " { ", " }"));
    }

    private static String options(String word, List<Matcher> entries) {
        return entries.stream()
                .map(e -> e.group(1) + ": " + e.group(2))
                .collect(Collectors.joining(", ", word + " ", ""));
    }

    private static int offset(SourceText source, SourceLocation at) {
        int offset = 0;
        for (int line = 1; line < at.line(); line++) {
            offset += source.line(line).length() + 1;
        }
        String line = source.line(at.line());
        int column = Math.min(at.column() - 1, line.codePointCount(0, line.length()));
        return offset + line.offsetByCodePoints(0, Math.max(0, column));
    }

    /** The pieces between commas and line ends, up to the closing brace; empty when no brace closes. */
    private static List<String> pieces(String text, int from) {
        List<String> pieces = new ArrayList<>();
        var piece = new StringBuilder();
        int depth = 0;
        char quote = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if (depth > 0 && (c == ')' || c == ']' || c == '}')) {
                depth--;
            } else if (c == '}') {
                add(pieces, piece);
                return pieces;
            } else if (depth == 0 && (c == ',' || c == ';' || c == '\n')) {
                add(pieces, piece);
                continue;
            }
            piece.append(c);
        }
        return List.of();
    }

    private static void add(List<String> pieces, StringBuilder piece) {
        if (!piece.toString().isBlank()) {
            pieces.add(piece.toString());
        }
        piece.setLength(0);
    }
}
