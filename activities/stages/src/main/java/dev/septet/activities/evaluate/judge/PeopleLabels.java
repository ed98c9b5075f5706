package dev.septet.activities.evaluate.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.llm.format.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts of people, from JSON lines: {@code {"prompt": ..., "answer": ..., "verdict": "4"}}, or for pairs
 * {@code {"prompt": ..., "first": ..., "second": ..., "verdict": "first"}}. {@code expected} is optional. For sentences,
 * {@code {"context": ..., "sentence": ..., "verdict": "supported"}}, with an optional {@code prompt} and {@code answer}.
 *
 * @param texts what the people judged
 * @param verdicts their scores, from 0 to 1
 */
record PeopleLabels(List<JudgeQuestion> texts, List<Double> verdicts) {
    private static final int MOST_LINES = 2_000;

    /**
     * Reads lines.
     *
     * @throws IllegalArgumentException naming the line that is not a verdict, without its content
     */
    static PeopleLabels read(JudgeSpec spec) {
        VerdictScale scale = VerdictScale.of(spec);
        List<JudgeQuestion> texts = new ArrayList<>();
        List<Double> verdicts = new ArrayList<>();
        String all = spec.labelsText();
        String[] lines = all == null ? new String[0] : all.split("\n", -1);
        for (int at = 0; at < lines.length; at++) {
            if (!lines[at].isBlank()) {
                JsonNode line = json(lines[at]);
                OptionalDouble verdict = line == null
                        ? OptionalDouble.empty()
                        : scale.word(line.path("verdict").asText(""));
                JudgeQuestion question =
                        spec.judgesSentences() ? sentence(line) : answers(line, spec.against() != null);
                if (verdict.isEmpty() || question == null) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "line %d is not a verdict; expected a JSON object with %s and verdict, which is one of %s",
                            at + 1,
                            spec.judgesSentences()
                                    ? "context, sentence"
                                    : spec.against() == null ? "prompt, answer" : "prompt, first, second",
                            String.join(", ", scale.words())));
                }
                texts.add(question);
                verdicts.add(verdict.getAsDouble());
            }
        }
        if (texts.size() > MOST_LINES) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "%d verdicts of people are more than %d; use fewer", texts.size(), MOST_LINES));
        }
        return new PeopleLabels(texts, verdicts);
    }

    private static @Nullable JudgeQuestion answers(@Nullable JsonNode line, boolean pair) {
        String prompt = text(line, "prompt");
        String answer = text(line, pair ? "first" : "answer");
        String second = text(line, pair ? "second" : "answer");
        return prompt == null || answer == null || second == null
                ? null
                : new JudgeQuestion(prompt, text(line, "expected"), answer, pair ? second : null);
    }

    /** A sentence may stand alone. */
    private static @Nullable JudgeQuestion sentence(@Nullable JsonNode line) {
        String context = text(line, "context");
        String sentence = text(line, "sentence");
        return context == null || sentence == null
                ? null
                : JudgeQuestion.ofSentence(
                        context,
                        Objects.requireNonNullElse(text(line, "prompt"), ""),
                        Objects.requireNonNullElse(text(line, "answer"), sentence),
                        sentence);
    }

    /** The scores as judges give them. */
    double[] scores() {
        return verdicts.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static @Nullable JsonNode json(String line) {
        try {
            return StrictJson.MAPPER.readTree(line);
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable JsonNode line, String name) {
        return line == null || !line.path(name).isTextual()
                ? null
                : line.path(name).textValue();
    }
}
