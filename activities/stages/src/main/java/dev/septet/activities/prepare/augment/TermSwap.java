package dev.septet.activities.prepare.augment;

import dev.septet.activities.dataset.Row;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Swaps the terms of declared pairs in all texts of a row, with their letter case.
 *
 * @see <a href="https://arxiv.org/abs/1807.11714">Lu et al., 2018: Gender bias in neural natural language processing</a>
 */
public final class TermSwap {
    /** The name of the kind in rows and in the card. */
    public static final String KIND = "counterfactual";

    private final Map<String, String> counterparts = new HashMap<>();
    private final Set<String> ambiguous = new HashSet<>();
    private final Pattern terms;
    private long with;
    private long without;
    private long unclear;

    /**
     * @param files finds a file that the pipeline file names
     * @throws dev.septet.activities.dataset.file.DatasetProblem when the file has a line that is no pair
     */
    public TermSwap(CounterfactualSpec spec, Function<String, WordFile> files) throws IOException {
        spec.pairs().forEach(this::pair);
        if (spec.file() != null) {
            WordFile file = files.apply(spec.file());
            for (WordFile.Group group : file.groups()) {
                read(file, group);
            }
        }
        // The longest term first: "grand mother" before "mother".
        String any = counterparts.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        terms = Pattern.compile(
                "(?<![\\p{L}\\p{M}\\p{N}_])(?:" + any + ")(?![\\p{L}\\p{M}\\p{N}_])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private void read(WordFile file, WordFile.Group group) {
        List<String> pair = group.words();
        String objection = pair.size() == 2
                ? CounterfactualSpec.objection(pair.get(0), pair.get(1))
                : "a line has one pair: two terms with a comma between them";
        if (objection == null && counterparts.size() >= 2 * CounterfactualSpec.MAX_PAIRS) {
            objection = String.format(Locale.ROOT, "the file has more than %d pairs", CounterfactualSpec.MAX_PAIRS);
        }
        if (objection != null) {
            throw file.problem(group.line(), PublicText.said(objection));
        }
        pair(pair.get(0), pair.get(1));
    }

    private void pair(String term, String counterpart) {
        one(term, counterpart);
        one(counterpart, term);
    }

    private void one(String term, String counterpart) {
        String before = counterparts.putIfAbsent(key(term), counterpart);
        if (before != null && !key(before).equals(key(counterpart))) {
            ambiguous.add(key(term));
        }
    }

    /**
     * What the terms of the training rows are.
     *
     * @param with rows with a term
     * @param without rows without a term
     * @param unclear rows with a term of several pairs, which have no copy
     */
    public record Counts(long with, long without, long unclear) {}

    /** The rows so far. */
    public Counts counts() {
        return new Counts(with, without, unclear);
    }

    /** The row with swapped terms; empty for a row without terms, or with a term of several pairs. */
    public Optional<Row> swapped(Row row) {
        boolean[] found = {false};
        boolean[] twice = {false};
        Row other = row.edited((field, text) -> {
            if (!prose(field)) {
                return text;
            }
            return terms.matcher(text).replaceAll(match -> {
                found[0] = true;
                return Matcher.quoteReplacement(counterpart(match.group(), twice));
            });
        });
        with += found[0] ? 1 : 0;
        without += found[0] ? 0 : 1;
        unclear += twice[0] ? 1 : 0;
        return found[0] && !twice[0] ? Optional.of(other) : Optional.empty();
    }

    /**
     * The text with swapped terms; empty for a text with a term of several pairs. A text without terms stays.
     *
     * @param only the terms to swap, as {@link #pairsIn} returns them; null for all
     */
    public Optional<String> swapped(String text, @Nullable Set<String> only) {
        boolean[] twice = {false};
        String other = terms.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        only == null || only.contains(key(match.group()))
                                ? counterpart(match.group(), twice)
                                : match.group()));
        return twice[0] ? Optional.empty() : Optional.of(other);
    }

    /** The terms of a text and their counterparts, in small letters. */
    public Set<String> pairsIn(String text) {
        Set<String> found = new HashSet<>();
        Matcher match = terms.matcher(text);
        while (match.find()) {
            String key = key(match.group());
            found.add(key);
            found.add(key(counterparts.getOrDefault(key, key)));
        }
        return found;
    }

    private String counterpart(String term, boolean[] twice) {
        String key = key(term);
        twice[0] |= ambiguous.contains(key);
        return TextWords.withCaseOf(term, counterparts.getOrDefault(key, term));
    }

    /** Names of tools and their arguments are not language: a changed one would call something else. */
    private static boolean prose(String field) {
        return !field.startsWith("tools[") && !field.contains(".tool_calls[") && !field.endsWith(".name");
    }

    private static String key(String term) {
        return term.toLowerCase(Locale.ROOT);
    }
}
