package dev.septet.activities.prepare.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.answer.StoredAnswer;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.StrictJson;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads answers of a model, which may be anything. */
final class Answers {
    private static final int LONGEST = 100_000;

    private Answers() {}

    /** A question and its answer. */
    record Pair(String question, String answer) {}

    /** The schema of a pair, as {@code response_format}. */
    static JsonNode pairFormat() {
        ObjectNode format = SpecJson.mapper().createObjectNode().put("type", "json_schema");
        ObjectNode named = format.putObject("json_schema").put("name", "pair").put("strict", true);
        ObjectNode schema = named.putObject("schema").put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("question").put("type", "string");
        properties.putObject("answer").put("type", "string");
        schema.putArray("required").add("question").add("answer");
        schema.put("additionalProperties", false);
        return format;
    }

    /** The text, without the quotation marks or the fence that some models put around it; empty when it is no text. */
    static Optional<String> text(String answer) {
        String text = unfenced(answer);
        for (String marks : List.of("\"\"", "\u201c\u201d", "\u00ab\u00bb", "\u201e\u201c")) {
            boolean around = text.length() >= 2
                    && text.charAt(0) == marks.charAt(0)
                    && text.charAt(text.length() - 1) == marks.charAt(1)
                    && text.indexOf(marks.charAt(0), 1)
                            == (marks.charAt(0) == marks.charAt(1) ? text.length() - 1 : -1);
            text = around ? text.substring(1, text.length() - 1).strip() : text;
        }
        return text.isEmpty() || text.length() > LONGEST || !storable(text) ? Optional.empty() : Optional.of(text);
    }

    /** Whether a file of rows may have the text: no NUL, and no half of a surrogate pair. */
    private static boolean storable(String text) {
        return text.indexOf(0) < 0 && !StoredAnswer.hasHalfSurrogates(text);
    }

    /** The pair in a JSON object; empty when there is none. */
    static Optional<Pair> pair(String answer) {
        String text = unfenced(answer);
        int from = text.indexOf('{');
        int to = text.lastIndexOf('}');
        if (from < 0 || to < from || to - from > LONGEST) {
            return Optional.empty();
        }
        try {
            JsonNode json = StrictJson.MAPPER.readTree(text.substring(from, to + 1));
            String question = json.path("question").asText("").strip();
            String reply = json.path("answer").isTextual()
                    ? json.path("answer").textValue().strip()
                    : "";
            return question.isEmpty()
                            || reply.isEmpty()
                            || !json.path("question").isTextual()
                            || !storable(question)
                            || !storable(reply)
                    ? Optional.empty()
                    : Optional.of(new Pair(question, reply));
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    private static String unfenced(String answer) {
        String text = answer.strip();
        if (text.startsWith("```") && text.endsWith("```") && text.length() > 6) {
            int line = text.indexOf('\n');
            text = line < 0 ? text : text.substring(line + 1, text.length() - 3).strip();
        }
        return text;
    }

    /** The first answer that at least a number of answers are equal to; empty when they disagree. */
    static Optional<String> agreed(List<String> answers, int atLeast) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        answers.forEach(answer -> counts.merge(compared(answer), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return most < atLeast
                ? Optional.empty()
                : answers.stream()
                        .filter(answer -> counts.getOrDefault(compared(answer), 0) == most)
                        .findFirst();
    }

    /** Whether two answers are equal. Letter case, punctuation and white space do not count. */
    static boolean same(String one, String other) {
        String text = compared(one);
        return !text.isEmpty() && text.equals(compared(other));
    }

    /**
     * The F1 of the words that two answers share, each as often as both have it. In scripts without spaces between words, each
     * letter is a word.
     *
     * @see <a href="https://aclanthology.org/D16-1264">Rajpurkar et al., 2016: SQuAD</a>
     */
    static double f1(String one, String other) {
        List<String> first = words(one);
        List<String> second = words(other);
        Map<String, Integer> left = new HashMap<>();
        first.forEach(word -> left.merge(word, 1, Integer::sum));
        int shared = 0;
        for (String word : second) {
            shared += left.merge(word, -1, Integer::sum) >= 0 ? 1 : 0;
        }
        return shared == 0 ? 0 : 2.0 * shared / (first.size() + second.size());
    }

    private static List<String> words(String text) {
        String spaced = compared(text).replaceAll("([\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}])", " $1 ");
        return Arrays.stream(spaced.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    /** Whether an answer begins with yes; empty when it begins with neither yes nor no. */
    static Optional<Boolean> yes(String answer) {
        String first = compared(answer).split(" ", 2)[0];
        return first.equals("yes") || first.equals("no") ? Optional.of(first.equals("yes")) : Optional.empty();
    }

    private static String compared(String answer) {
        return Normalizer.normalize(answer, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{M}\\p{N}]+", " ")
                .strip();
    }
}
