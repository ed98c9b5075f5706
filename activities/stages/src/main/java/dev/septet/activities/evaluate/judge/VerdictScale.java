package dev.septet.activities.evaluate.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.llm.format.StrictJson;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The verdicts that a judge can give, and their scores from 0 to 1 in equal steps.
 *
 * @param words from the worst verdict to the best
 * @param ordinal whether the distance of two verdicts counts in the agreement
 */
record VerdictScale(List<String> words, boolean ordinal) {
    /** An answer that is longer is no verdict. */
    private static final int LONGEST = 2_000;

    private static final VerdictScale POINTS = new VerdictScale(List.of("1", "2", "3", "4", "5"), true);
    private static final VerdictScale YES_NO = new VerdictScale(List.of("no", "yes"), false);

    /** Of a pair: the score is that of the first answer. */
    private static final VerdictScale PAIR = new VerdictScale(List.of("second", "tie", "first"), false);

    /** Of a sentence: whether the context supports it. */
    private static final VerdictScale SUPPORT =
            new VerdictScale(List.of("contradicted", "not mentioned", "supported"), false);

    private static final Pattern OUT_OF_FIVE = Pattern.compile("([1-5])\\s*/\\s*5");

    static VerdictScale of(JudgeSpec spec) {
        if (spec.judgesSentences()) {
            return SUPPORT;
        } else if (spec.against() != null) {
            return PAIR;
        }
        return spec.scale() == JudgeSpec.Scale.YES_NO ? YES_NO : POINTS;
    }

    /**
     * The score in a judge's answer: a JSON object with {@code verdict}, also in a code fence, or the verdict alone. Empty for
     * everything else: an answer with two verdicts has none.
     */
    OptionalDouble score(String answer) {
        String text = answer.strip();
        if (text.length() > LONGEST) {
            return OptionalDouble.empty();
        }
        if (text.startsWith("```") && text.endsWith("```") && text.length() > 6) {
            int line = text.indexOf('\n');
            text = line < 0 ? text : text.substring(line + 1, text.length() - 3).strip();
        }
        if (!text.startsWith("{")) {
            return word(text);
        }
        try {
            JsonNode verdict = StrictJson.MAPPER.readTree(text).path("verdict");
            return verdict.isTextual() || verdict.isIntegralNumber() ? word(verdict.asText()) : OptionalDouble.empty();
        } catch (JsonProcessingException notJson) {
            return OptionalDouble.empty();
        }
    }

    /** The score of a verdict. A full stop, quotation marks and letter case do not count; {@code 4/5} is 4. */
    OptionalDouble word(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT).replaceAll("^[\"'*]+|[\"'*.!]+$", "");
        Matcher outOf = OUT_OF_FIVE.matcher(word);
        int at = words.indexOf(ordinal && outOf.matches() ? outOf.group(1) : word);
        return at < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) at / (words.size() - 1));
    }
}
