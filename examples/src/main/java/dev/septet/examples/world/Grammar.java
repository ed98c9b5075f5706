package dev.septet.examples.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A grammar of phrases with placeholders. A resource file lists rules: a name and a colon, then one
 * indented line per phrase. In a phrase, {@code {name}} stands for a bound word, or else for a
 * phrase of that rule. The phrase {@code -} is empty.
 */
public final class Grammar {
    private static final int MAX_DEPTH = 16;

    private final Map<String, List<String>> rules;

    private Grammar(Map<String, List<String>> rules) {
        this.rules = rules;
    }

    /** Reads the resource {@code name.txt} of the parent package. */
    public static Grammar load(String name) {
        String resource = "/dev/septet/examples/" + name + ".txt";
        try (InputStream in = Grammar.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no grammar " + resource);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    static Grammar parse(String text) {
        Map<String, List<String>> rules = new LinkedHashMap<>();
        List<String> phrases = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(" ")) {
                phrases.add(line.strip().equals("-") ? "" : line.strip());
            } else {
                phrases = new ArrayList<>();
                rules.put(line.strip().replace(":", ""), phrases);
            }
        }
        return new Grammar(rules);
    }

    /** All phrases of a rule, with their placeholders. */
    public List<String> phrases(String rule) {
        List<String> phrases = rules.get(rule);
        if (phrases == null) {
            throw new IllegalArgumentException("no rule '" + rule + "'");
        }
        return phrases;
    }

    /**
     * A phrase of the rule with every placeholder replaced.
     *
     * @param bound words for placeholders; any other placeholder is replaced from the rule of its
     *     name
     */
    public String phrase(String rule, Map<String, String> bound, Draw draw) {
        return fill(draw.pick(phrases(rule)), bound, draw, 0);
    }

    private String fill(String phrase, Map<String, String> bound, Draw draw, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalStateException("the grammar nests more than " + MAX_DEPTH + " levels deep at: " + phrase);
        }
        StringBuilder filled = new StringBuilder();
        int at = 0;
        for (int open = phrase.indexOf('{'); open >= 0; open = phrase.indexOf('{', at)) {
            int close = phrase.indexOf('}', open);
            String hole = phrase.substring(open + 1, close);
            String word = bound.get(hole);
            filled.append(phrase, at, open)
                    .append(word != null ? word : fill(draw.pick(phrases(hole)), bound, draw, depth + 1));
            at = close + 1;
        }
        return filled.append(phrase.substring(at)).toString();
    }
}
