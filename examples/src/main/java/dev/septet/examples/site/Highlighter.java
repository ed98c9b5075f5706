package dev.septet.examples.site;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Marks comments, texts, numbers and words of code, so that a stylesheet can colour them. */
final class Highlighter {
    private static final String HASH = "(?<comment>(?<![^\\s])#[^\\n]*)";
    private static final String SLASHES = "(?<comment>//[^\\n]*|/\\*.*?\\*/)";
    private static final String NO_COMMENT = "(?<comment>(?!))";
    private static final String TEXT = "(?<text>'(?:[^'\\\\\\n]|\\\\.)*'|\"(?:[^\"\\\\\\n]|\\\\.)*\")";
    private static final String NUMBER = "(?<number>\\b\\d[\\d_]*(?:\\.\\d+)?(?:e-?\\d+)?(?:\\.[a-zA-Z]+)?\\b)";

    private static final Map<String, Pattern> PATTERNS = Map.of(
            "groovy",
                    pattern(
                            SLASHES,
                            "(?<word>(?<=^|[\\n{;] {0,40})\\b[a-zA-Z]+\\b(?=[ (])|\\b(?:def|if|else|param)\\b)"),
            "java",
                    pattern(
                            SLASHES,
                            "(?<word>@\\w+|\\b(?:package|import|public|final|class|record|implements|return|new|default|private|static"
                                    + "|void|interface|extends|throws)\\b)"),
            "sh",
                    pattern(
                            HASH,
                            "(?<word>(?<=^|[\\n|;(&] {0,8})(?:\\./)?[a-z][\\w.-]*\\b(?=[ \\n]|$)|(?<=\\s)--?[a-z][\\w-]*)"),
            "yaml", pattern(HASH, "(?<word>(?<=^|\\n)[ -]*[\\w.-]+(?=:))"),
            "json", pattern(NO_COMMENT, "(?<word>\\b(?:true|false|null)\\b)"),
            "sql", pattern(NO_COMMENT, "(?<word>\\b(?:select|from|where|order|by)\\b)"));

    private static final Map<String, String> NAMES = Map.of(
            "bash", "sh", "shell", "sh", "console", "sh", "yml", "yaml", "toml", "yaml", "jsonl", "json", "gradle",
            "groovy");

    private Highlighter() {}

    private static Pattern pattern(String comment, String word) {
        return Pattern.compile(comment + "|" + TEXT + "|" + NUMBER + "|" + word, Pattern.DOTALL);
    }

    /** The language of a file, by its ending. */
    static String language(String file) {
        String end = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return NAMES.getOrDefault(end, end);
    }

    /** Code as HTML. */
    static String html(String language, String code) {
        Pattern pattern = PATTERNS.get(NAMES.getOrDefault(language, language));
        if (pattern == null) {
            return Site.escape(code);
        }
        StringBuilder html = new StringBuilder();
        Matcher found = pattern.matcher(code);
        int at = 0;
        while (found.find()) {
            html.append(Site.escape(code.substring(at, found.start())));
            String kind = found.group("comment") != null
                    ? "c"
                    : found.group("text") != null ? "s" : found.group("number") != null ? "n" : "w";
            html.append("<span class=\"").append(kind).append("\">");
            html.append(Site.escape(found.group())).append("</span>");
            at = found.end();
        }
        return html.append(Site.escape(code.substring(at))).toString();
    }
}
