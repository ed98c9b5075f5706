package dev.septet.activities.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Strict JSON in answers, with bounds on its depth and its numbers. */
public final class JsonValues {
    private static final int DEPTH = 100;
    private static final int DIGITS = 100;

    /** Larger exponents make arithmetic slow. */
    private static final int SCALE = 400;

    private static final ObjectMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxNumberLength(DIGITS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonValues() {}

    /** The one JSON value of a text; empty when the text is anything else. */
    public static Optional<JsonNode> strict(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            JsonNode value = STRICT.readTree(text);
            return value.isMissingNode() || !bounded(value) ? Optional.empty() : Optional.of(value);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** The JSON of an answer, which may stand in a code fence of Markdown. */
    public static Optional<JsonNode> answered(String answer) {
        String text = answer.strip();
        int line = text.indexOf('\n');
        return text.startsWith("```") && text.endsWith("```") && line > 0 && line < text.length() - 3
                ? strict(text.substring(line, text.length() - 3))
                : strict(text);
    }

    private static boolean bounded(JsonNode value) {
        if (value.isBigDecimal() && Math.abs((long) value.decimalValue().scale()) > SCALE) {
            return false;
        }
        for (JsonNode part : value) {
            if (!bounded(part)) {
                return false;
            }
        }
        return true;
    }

    /** Whether two values are equal as JSON: numbers by their value, objects without order. */
    public static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        if (one.isObject() && other.isObject()) {
            return one.size() == other.size()
                    && one.properties().stream().allMatch(field -> sameField(field, other.get(field.getKey())));
        }
        if (one.isArray() && other.isArray() && one.size() == other.size()) {
            for (int at = 0; at < one.size(); at++) {
                if (!same(one.get(at), other.get(at))) {
                    return false;
                }
            }
            return true;
        }
        return one.equals(other);
    }

    private static boolean sameField(Map.Entry<String, JsonNode> field, @Nullable JsonNode other) {
        return other != null && same(field.getValue(), other);
    }
}
