package dev.septet.activities.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.septet.dsl.expression.regex.Regex;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A JSON schema (draft 2020-12, without dynamic and remote references, {@code unevaluated...} and {@code contentMediaType}).
 * Patterns are regular expressions with bounded cost. A check that takes more than {@value #MOST_STEPS} steps says no.
 *
 * @see <a href="https://json-schema.org/draft/2020-12/json-schema-validation">JSON Schema Validation</a>
 */
public final class JsonSchema {
    static final int MOST_STEPS = 200_000;

    /** Schemas within schemas, so that the stack of a thread is enough. */
    static final int DEEPEST = 500;

    private final JsonNode root;
    private final Map<String, Regex> patterns;

    private JsonSchema(JsonNode root, Map<String, Regex> patterns) {
        this.root = root;
        this.patterns = patterns;
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException naming the keyword that is wrong or not supported
     */
    public static JsonSchema of(String text) {
        JsonNode root = JsonValues.strict(text)
                .orElseThrow(() -> new IllegalArgumentException("the file is not one strict JSON value"));
        return new JsonSchema(root, new SchemaReader(root).patterns());
    }

    /** Whether a value is valid. */
    public boolean accepts(JsonNode value) {
        try {
            return new Check().valid(root, value);
        } catch (TooManySteps endless) {
            return false;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        TooManySteps() {
            super("the check takes too many steps", null, false, false);
        }
    }

    /** One check of one value. */
    private final class Check {
        private int steps;
        private int depth;

        boolean valid(JsonNode schema, JsonNode value) {
            if (++steps > MOST_STEPS || depth >= DEEPEST) {
                throw new TooManySteps();
            }
            depth++;
            boolean valid = all(schema, value);
            depth--;
            return valid;
        }

        private boolean all(JsonNode schema, JsonNode value) {
            if (schema.isBoolean()) {
                return schema.booleanValue();
            }
            return general(schema, value)
                    && combined(schema, value)
                    && (!value.isNumber() || number(schema, value.decimalValue()))
                    && (!value.isTextual() || text(schema, value.textValue()))
                    && (!value.isArray() || list(schema, value))
                    && (!value.isObject() || object(schema, value));
        }

        private boolean general(JsonNode schema, JsonNode value) {
            JsonNode type = schema.path("type");
            if (type.isTextual() && !is(type.textValue(), value)) {
                return false;
            }
            if (type.isArray() && !any(type, one -> is(one.textValue(), value))) {
                return false;
            }
            return (!schema.has("const") || same(schema.get("const"), value))
                    && (!schema.has("enum") || any(schema.get("enum"), one -> same(one, value)));
        }

        private boolean is(String type, JsonNode value) {
            return switch (type) {
                case "null" -> value.isNull();
                case "boolean" -> value.isBoolean();
                case "object" -> value.isObject();
                case "array" -> value.isArray();
                case "number" -> value.isNumber();
                case "integer" -> value.isNumber() && whole(value.decimalValue());
                default -> value.isTextual();
            };
        }

        private boolean combined(JsonNode schema, JsonNode value) {
            if (schema.has("$ref")) {
                JsonNode target = Objects.requireNonNull(
                        SchemaReader.target(root, schema.get("$ref").textValue()));
                if (!valid(target, value)) {
                    return false;
                }
            }
            for (JsonNode part : schema.path("allOf")) {
                if (!valid(part, value)) {
                    return false;
                }
            }
            if (schema.has("anyOf") && !any(schema.get("anyOf"), part -> valid(part, value))) {
                return false;
            }
            if (schema.has("oneOf")) {
                int valid = 0;
                for (JsonNode part : schema.get("oneOf")) {
                    valid += valid(part, value) ? 1 : 0;
                }
                if (valid != 1) {
                    return false;
                }
            }
            if (schema.has("not") && valid(schema.get("not"), value)) {
                return false;
            }
            String branch = !schema.has("if") ? "" : valid(schema.get("if"), value) ? "then" : "else";
            return branch.isEmpty() || !schema.has(branch) || valid(schema.get(branch), value);
        }

        private boolean number(JsonNode schema, BigDecimal value) {
            return (!schema.has("minimum") || value.compareTo(decimal(schema, "minimum")) >= 0)
                    && (!schema.has("maximum") || value.compareTo(decimal(schema, "maximum")) <= 0)
                    && (!schema.has("exclusiveMinimum") || value.compareTo(decimal(schema, "exclusiveMinimum")) > 0)
                    && (!schema.has("exclusiveMaximum") || value.compareTo(decimal(schema, "exclusiveMaximum")) < 0)
                    && (!schema.has("multipleOf")
                            || value.remainder(decimal(schema, "multipleOf")).signum() == 0);
        }

        private boolean text(JsonNode schema, String value) {
            int length = value.codePointCount(0, value.length());
            return within(schema, "minLength", "maxLength", length)
                    && (!schema.has("pattern") || matches(schema.get("pattern").textValue(), value));
        }

        private boolean matches(String pattern, String text) {
            return BoundedMatch.found(Objects.requireNonNull(patterns.get(pattern)), text);
        }

        private boolean list(JsonNode schema, JsonNode value) {
            if (!within(schema, "minItems", "maxItems", value.size())) {
                return false;
            }
            JsonNode first = schema.path("prefixItems");
            for (int at = 0; at < value.size(); at++) {
                JsonNode item = at < first.size() ? first.get(at) : schema.path("items");
                if (!item.isMissingNode() && !valid(item, value.get(at))) {
                    return false;
                }
            }
            if (schema.path("uniqueItems").asBoolean() && !unique(value)) {
                return false;
            }
            if (schema.has("contains")) {
                int found = 0;
                for (JsonNode item : value) {
                    found += valid(schema.get("contains"), item) ? 1 : 0;
                }
                return found >= schema.path("minContains").asInt(1)
                        && found <= schema.path("maxContains").asInt(Integer.MAX_VALUE);
            }
            return true;
        }

        private boolean unique(JsonNode value) {
            for (int at = 0; at < value.size(); at++) {
                for (int other = 0; other < at; other++) {
                    if (same(value.get(at), value.get(other))) {
                        return false;
                    }
                }
            }
            return true;
        }

        private boolean object(JsonNode schema, JsonNode value) {
            if (!within(schema, "minProperties", "maxProperties", value.size())
                    || !hasAll(schema.path("required"), value)) {
                return false;
            }
            for (Map.Entry<String, JsonNode> needs :
                    schema.path("dependentRequired").properties()) {
                if (value.has(needs.getKey()) && !hasAll(needs.getValue(), value)) {
                    return false;
                }
            }
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                if (!field(schema, field.getKey(), field.getValue())) {
                    return false;
                }
            }
            return true;
        }

        private boolean field(JsonNode schema, String name, JsonNode value) {
            if (schema.has("propertyNames") && !valid(schema.get("propertyNames"), TextNode.valueOf(name))) {
                return false;
            }
            JsonNode own = schema.path("properties").path(name);
            boolean known = !own.isMissingNode();
            if (known && !valid(own, value)) {
                return false;
            }
            for (Map.Entry<String, JsonNode> pattern :
                    schema.path("patternProperties").properties()) {
                if (matches(pattern.getKey(), name)) {
                    known = true;
                    if (!valid(pattern.getValue(), value)) {
                        return false;
                    }
                }
            }
            return known || !schema.has("additionalProperties") || valid(schema.get("additionalProperties"), value);
        }

        private boolean same(JsonNode one, JsonNode other) {
            if (++steps > MOST_STEPS) {
                throw new TooManySteps();
            }
            return JsonValues.same(one, other);
        }
    }

    private static boolean hasAll(JsonNode names, JsonNode value) {
        Set<String> missing = new HashSet<>();
        names.forEach(name -> missing.add(name.textValue()));
        value.fieldNames().forEachRemaining(missing::remove);
        return missing.isEmpty();
    }

    private static boolean any(JsonNode parts, Predicate<JsonNode> test) {
        for (JsonNode part : parts) {
            if (test.test(part)) {
                return true;
            }
        }
        return false;
    }

    private static boolean within(JsonNode schema, String least, String most, int count) {
        return count >= schema.path(least).asInt(0)
                && count <= schema.path(most).asInt(Integer.MAX_VALUE);
    }

    private static BigDecimal decimal(JsonNode schema, String keyword) {
        return schema.get(keyword).decimalValue();
    }

    private static boolean whole(BigDecimal value) {
        return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
    }
}
