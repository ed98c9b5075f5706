package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.generate.constraint.grammar.NumberTexts;
import dev.septet.llm.generate.constraint.grammar.NumberTexts.Bound;
import dev.septet.llm.generate.constraint.grammar.PatternParser;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Node;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Schemas of strings and of numbers. */
final class StringSchemas {
    private static final int MAX_STATES = 4_000;
    private static final int MAX_PATTERNS = 32;
    private static final int MAX_LENGTH = 1_000_000;
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
    private static final String DATE =
            "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((01|03|05|07|08|10|12)-(0[1-9]|[12][0-9]|3[01])"
                    + "|(04|06|09|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
    private static final String TIME =
            "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])";
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

    /** Formats, as the patterns of a part of their values: each value is one that all programs read. */
    private static final Map<String, String> FORMATS = new TreeMap<>(Map.of(
            "date",
            DATE,
            "time",
            TIME,
            "date-time",
            "(" + DATE + ")T" + TIME,
            "duration",
            "P([0-9]{1,4}D|([0-9]{1,4}D)?T[0-9]{1,4}(H|M|S)|[0-9]{1,4}W)",
            "uuid",
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "email",
            "[A-Za-z0-9_+-]{1,32}(\\.[A-Za-z0-9_+-]{1,31})?@(" + LABEL + "\\.){1,3}[A-Za-z]{2,12}",
            "hostname",
            "(" + LABEL + "\\.){0,3}[A-Za-z]{2,12}",
            "ipv4",
            BYTE + "(\\." + BYTE + "){3}",
            "ipv6",
            "[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}",
            "uri",
            "https?://(" + LABEL + "\\.){1,3}[a-z]{2,12}(/[A-Za-z0-9._~-]{0,64}){0,8}"));

    private final JsonGrammar json;
    private final Map<String, Node> known = new HashMap<>();

    StringSchemas(JsonGrammar json) {
        this.json = json;
    }

    Node string(JsonNode schema, String pointer) {
        int min = SchemaCompiler.count(schema, "minLength", pointer, 0, MAX_LENGTH);
        int max = SchemaCompiler.count(schema, "maxLength", pointer, -1, MAX_LENGTH);
        if (max >= 0 && max < min) {
            throw new SchemaProblem(pointer, "has a maxLength below its minLength, so no string matches");
        }
        JsonNode pattern = schema.path("pattern");
        JsonNode format = schema.path("format");
        if (pattern.isMissingNode() && format.isMissingNode()) {
            return min <= 0 && max < 0 ? json.string() : json.string(min, max);
        }
        if (!pattern.isMissingNode() && !format.isMissingNode()) {
            throw new SchemaProblem(pointer, "has both 'pattern' and 'format'; leave one of them out");
        }
        String keyword = pattern.isMissingNode() ? "format" : "pattern";
        String place = pointer + "/" + keyword;
        if (!schema.path(keyword).isTextual()) {
            throw new SchemaProblem(place, "must be a string");
        }
        String expression = pattern.textValue();
        if (keyword.equals("format")) {
            String form = FORMATS.get(format.textValue());
            if (form == null) {
                throw new SchemaProblem(
                        place,
                        "is a format that is not supported; supported are %s"
                                .formatted(String.join(", ", FORMATS.keySet())));
            }
            expression = "^(" + form + ")$";
        }
        String key = String.format(Locale.ROOT, "%s %d %d", expression, min, max);
        Node compiled = known.get(key);
        if (compiled != null) {
            return compiled;
        }
        if (known.size() >= MAX_PATTERNS) {
            throw new SchemaProblem(
                    place, String.format(Locale.ROOT, "is one of more than %d different patterns", MAX_PATTERNS));
        }
        try {
            compiled = json.grammar().text(PatternParser.strings(expression, min, max, json.alphabet(), MAX_STATES));
            known.put(key, compiled);
            return compiled;
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(place, String.valueOf(problem.getMessage()));
        }
    }

    /**
     * @param whole whether only integers match
     */
    Node number(JsonNode schema, boolean whole, String pointer) {
        Bound low =
                tighter(bound(schema, "minimum", true, pointer), bound(schema, "exclusiveMinimum", false, pointer), 1);
        Bound high =
                tighter(bound(schema, "maximum", true, pointer), bound(schema, "exclusiveMaximum", false, pointer), -1);
        int fraction = whole ? 0 : JsonGrammar.ANY_FRACTION;
        JsonNode multiple = schema.path("multipleOf");
        if (!multiple.isMissingNode()) {
            fraction = Math.min(fraction, digits(multiple, pointer + "/multipleOf"));
        }
        try {
            return json.grammar().text(NumberTexts.between(low, high, fraction));
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(pointer, String.valueOf(problem.getMessage()));
        }
    }

    /** Digits behind the point of the multiples of a power of ten that is at most 1. */
    private static int digits(JsonNode multiple, String pointer) {
        BigDecimal value = multiple.isNumber() ? multiple.decimalValue().stripTrailingZeros() : BigDecimal.ZERO;
        if (!value.unscaledValue().equals(BigInteger.ONE) || value.scale() < 0 || value.scale() > 15) {
            throw new SchemaProblem(pointer, "is not supported; supported are 1, 0.1, 0.01 and so on");
        }
        return value.scale();
    }

    private static @Nullable Bound bound(JsonNode schema, String name, boolean inclusive, String pointer) {
        JsonNode value = schema.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isNumber()
                || !Double.isFinite(value.doubleValue())
                || Math.abs((long) value.decimalValue().scale()) > 100) {
            throw new SchemaProblem(pointer + "/" + name, "must be a number");
        }
        return new Bound(value.decimalValue(), inclusive);
    }

    private static @Nullable Bound tighter(@Nullable Bound a, @Nullable Bound b, int sign) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        // Of equal values, the exclusive one.
        return a.value().compareTo(b.value()) * sign > 0 ? a : b;
    }
}
