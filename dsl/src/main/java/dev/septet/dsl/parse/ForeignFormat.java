package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects a file in YAML or JSON by its first line, and reports it with one message instead of an error for each line.
 */
final class ForeignFormat {
    private static final Pattern YAML_KEY =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_.-]*|'[^']*'|\"[^\"]*\")\\s*:(\\s.*)?");
    private static final Pattern YAML_START = Pattern.compile("---(\\s.*)?|%YAML\\s.*|-\\s+.*");
    private static final Pattern JSON_START = Pattern.compile("\\{\\s*(\"|\\}|$).*|\\[\\s*[\\{\"].*");
    private static final Pattern PIPELINE = Pattern.compile("\\s*pipeline\\s*[('\"].*");
    private static final Pattern NAME =
            Pattern.compile("\\s*[\"']?(?:pipeline|name)[\"']?\\s*:\\s*[\"']?([A-Za-z0-9][A-Za-z0-9-]{0,63})\\b.*");

    private ForeignFormat() {}

    /** Adds one problem when the file is YAML or JSON. */
    static void check(Problems problems) {
        List<String> lines = problems.source().lines();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith("//")) {
                continue;
            }
            String format = format(line, text, lines);
            if (!format.isEmpty()) {
                int start = line.indexOf(text);
                problems.add(
                        ProblemId.SYNTAX,
                        SourceLocation.of(
                                problems.source().file(),
                                number,
                                line.codePointCount(0, start) + 1,
                                text.codePointCount(0, text.length())),
                        "this file is %s, but a pipeline file is written in the pipeline language".formatted(format),
                        "Write %s: blocks are in braces, and a word has no `:` after it."
                                .formatted(Quote.code(
                                        "pipeline('%s') { train { method lora() } }".formatted(name(lines)))));
            }
            return;
        }
    }

    private static String format(String line, String text, List<String> lines) {
        if (lines.stream().anyMatch(any -> PIPELINE.matcher(any).matches())) {
            return "";
        }
        if (JSON_START.matcher(text).matches()) {
            return "JSON";
        }
        boolean yaml = YAML_START.matcher(text).matches()
                || (line.equals(line.stripLeading()) && YAML_KEY.matcher(text).matches());
        return yaml ? "YAML" : "";
    }

    /** The pipeline's name in the file; a default when it has none. */
    private static String name(List<String> lines) {
        return lines.stream()
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group(1))
                .findFirst()
                .orElse("support");
    }
}
