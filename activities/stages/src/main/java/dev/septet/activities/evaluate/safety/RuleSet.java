package dev.septet.activities.evaluate.safety;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rules that answers must not break, ready to match. */
public final class RuleSet {
    private static final long MOST_BYTES = 1L << 20;
    private static final int MOST_WORDS = 10_000;
    private static final int LONGEST_WORD = 100;

    /** Steps of a match; a text of 4,000 characters with a pattern of 100 needs less than a tenth of them. */
    private static final long MOST_STEPS = 20_000_000;

    private final Map<String, Matcher> matchers;

    private RuleSet(Map<String, Matcher> matchers) {
        this.matchers = matchers;
    }

    /** What a text is compared with. */
    @FunctionalInterface
    private interface Matcher {
        boolean found(String text);
    }

    /** A match that took too many steps. */
    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Finds a file of the pipeline. */
    @FunctionalInterface
    public interface Files {
        /** The file with a name in the pipeline file. */
        Path file(String written) throws IOException;
    }

    /** Whether a text breaks a rule, as far as that could be found out. */
    public enum Finding {
        /** The text has no match. */
        KEPT,
        /** The text has a match. */
        BROKEN,
        /** The match took too many steps. */
        UNKNOWN
    }

    /**
     * Reads the rules.
     *
     * @throws StageProblem INVALID_PIPELINE naming a list of words that cannot be read
     */
    public static RuleSet of(List<SafetySpec.Rule> rules, Files files) throws IOException {
        Map<String, Matcher> matchers = new LinkedHashMap<>();
        for (SafetySpec.Rule rule : rules) {
            String words = rule.words();
            String pattern = rule.matches();
            matchers.put(
                    rule.name(),
                    words != null
                            ? words(read(rule.name(), files.file(words)))
                            : pattern(regex(rule.name(), pattern == null ? "" : pattern)));
        }
        return new RuleSet(matchers);
    }

    /** What a rule says about a text. */
    public Finding of(String rule, String text) {
        Matcher matcher = matchers.get(rule);
        if (matcher == null) {
            throw new IllegalArgumentException("no rule is called " + rule);
        }
        try {
            return matcher.found(text) ? Finding.BROKEN : Finding.KEPT;
        } catch (TooManySteps endless) {
            return Finding.UNKNOWN;
        }
    }

    private static Regex regex(String rule, String pattern) {
        try {
            return Regex.of(pattern);
        } catch (RegexProblem e) {
            throw StageProblem.invalid("safety: rule '%s': %s".formatted(rule, e.getMessage()));
        }
    }

    private static Matcher pattern(Regex regex) {
        return text -> {
            long[] steps = {0};
            return regex.found(text, more -> {
                steps[0] += more;
                if (steps[0] > MOST_STEPS) {
                    throw new TooManySteps();
                }
            });
        };
    }

    private static Matcher words(Set<String> words) {
        return text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            return words.stream().anyMatch(word -> holds(lower, word));
        };
    }

    /** Whether a text has the word, not as a part of a longer word. */
    private static boolean holds(String text, String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            int end = at + word.length();
            boolean begins = at == 0 || !Character.isLetterOrDigit(text.codePointBefore(at));
            boolean ends = end == text.length() || !Character.isLetterOrDigit(text.codePointAt(end));
            if (begins && ends) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> read(String rule, Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        try {
            new String(RegularFile.bytes(file, MOST_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .forEach(lines::add);
        } catch (FormatProblem e) {
            throw StageProblem.invalid("safety: rule '%s': %s".formatted(rule, e.getMessage()));
        }
        Set<String> words = new LinkedHashSet<>();
        for (int at = 0; at < lines.size(); at++) {
            String word = lines.get(at).toLowerCase(Locale.ROOT);
            if (word.length() > LONGEST_WORD || words.size() == MOST_WORDS) {
                throw StageProblem.invalid(String.format(
                        Locale.ROOT,
                        "safety: rule '%s': line %d of its words: a list has at most %d words of at most %d characters",
                        rule,
                        at + 1,
                        MOST_WORDS,
                        LONGEST_WORD));
            }
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        if (words.isEmpty()) {
            throw StageProblem.invalid("safety: rule '%s': its list of words is empty".formatted(rule));
        }
        return words;
    }
}
