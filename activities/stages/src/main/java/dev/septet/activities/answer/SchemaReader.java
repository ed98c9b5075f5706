package dev.septet.activities.answer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.text.PublicText;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a schema before it is used: every keyword is one that {@link JsonSchema} knows, with a value of its kind. */
final class SchemaReader {
    /** Keywords that say nothing about validity. {@code format} is one of them, as in the specification's default. */
    private static final Set<String> NOTES = Set.of(
            "$schema",
            "$id",
            "$comment",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "format");

    private static final Set<String> COUNTS = Set.of(
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minContains",
            "maxContains",
            "minProperties",
            "maxProperties");

    private static final Set<String> NUMBERS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

    /** Keywords whose value is a schema for a part of the value. */
    private static final Set<String> INNER = Set.of("items", "contains", "additionalProperties", "propertyNames");

    /** Keywords whose value is a schema for the same value. */
    private static final Set<String> SAME = Set.of("not", "if", "then", "else");

    private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf");
    private static final Set<String> MAPS = Set.of("properties", "patternProperties", "$defs", "definitions");
    private static final Set<String> TYPES =
            Set.of("null", "boolean", "object", "array", "number", "integer", "string");

    private final JsonNode root;
    private final Map<String, Regex> patterns = new HashMap<>();

    /** Schemas that are known to end, by identity. */
    private final Set<JsonNode> ended = Collections.newSetFromMap(new IdentityHashMap<>());

    SchemaReader(JsonNode root) {
        this.root = root;
    }

    /**
     * The patterns of a checked schema.
     *
     * @throws IllegalArgumentException naming the keyword and its place
     */
    Map<String, Regex> patterns() {
        check(root, "#");
        requireEnd(root, "#");
        return Map.copyOf(patterns);
    }

    private void check(JsonNode schema, String at) {
        if (schema.isBoolean()) {
            return;
        }
        require(schema.isObject(), at, "is not an object, true or false");
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            keyword(field.getKey(), field.getValue(), at + "/" + PublicText.line(field.getKey()));
        }
    }

    private void keyword(String name, JsonNode value, String at) {
        if (COUNTS.contains(name)) {
            require(value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0, at, "is no count");
        } else if (NUMBERS.contains(name)) {
            require(value.isNumber(), at, "is not a number");
            require(!name.equals("multipleOf") || value.decimalValue().signum() > 0, at, "is not above 0");
        } else if (INNER.contains(name) || SAME.contains(name)) {
            require(!value.isArray(), at, "is a list; write `prefixItems` for the items of a tuple");
            check(value, at);
        } else if (LISTS.contains(name) || name.equals("prefixItems")) {
            require(value.isArray() && !value.isEmpty(), at, "is not a list of schemas");
            for (int item = 0; item < value.size(); item++) {
                check(value.get(item), at + "/" + item);
            }
        } else if (MAPS.contains(name)) {
            require(value.isObject(), at, "is not an object");
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                if (name.equals("patternProperties")) {
                    pattern(field.getKey(), at);
                }
                check(field.getValue(), at + "/" + PublicText.line(field.getKey()));
            }
        } else if (!NOTES.contains(name)) {
            other(name, value, at);
        }
    }

    private void other(String name, JsonNode value, String at) {
        switch (name) {
            case "type" -> {
                require(value.isTextual() || (value.isArray() && !value.isEmpty()), at, "is not a type");
                for (JsonNode type : value.isArray() ? value : List.of(value)) {
                    require(type.isTextual() && TYPES.contains(type.textValue()), at, "is not a type");
                }
            }
            case "enum" -> require(value.isArray(), at, "is not a list");
            case "const" -> {}
            case "uniqueItems" -> require(value.isBoolean(), at, "is not true or false");
            case "pattern" -> {
                require(value.isTextual(), at, "is not a text");
                pattern(value.textValue(), at);
            }
            case "required" -> names(value, at);
            case "dependentRequired" -> {
                require(value.isObject(), at, "is not an object");
                value.forEach(names -> names(names, at));
            }
            case "$ref" -> {
                require(value.isTextual(), at, "is not a text");
                require(
                        target(root, value.textValue()) != null,
                        at,
                        "leads nowhere; only places in the same file can be named, such as `#/$defs/name`");
            }
            default -> require(false, at, "is a keyword that is not supported");
        }
    }

    private static void names(JsonNode value, String at) {
        require(value.isArray(), at, "is not a list of names");
        value.forEach(name -> require(name.isTextual(), at, "is not a list of names"));
    }

    private void pattern(String pattern, String at) {
        try {
            patterns.put(pattern, Regex.of(pattern));
        } catch (RegexProblem e) {
            throw new IllegalArgumentException("%s: %s".formatted(at, e.getMessage()), e);
        }
    }

    /** A schema that applies itself to the same value would never end. */
    private void requireEnd(JsonNode schema, String at) {
        walk(schema, at, Collections.newSetFromMap(new IdentityHashMap<>()));
        for (JsonNode part : schema) {
            if (part.isContainerNode()) {
                requireEnd(part, at);
            }
        }
    }

    private void walk(JsonNode schema, String at, Set<JsonNode> above) {
        if (!schema.isObject() || ended.contains(schema)) {
            return;
        }
        require(above.size() < JsonSchema.DEEPEST, at, "leads through too many `$ref` in a row");
        require(above.add(schema), at, "has a `$ref` that leads to itself without end");
        if (schema.path("$ref").isTextual()) {
            JsonNode target = target(root, schema.path("$ref").textValue());
            if (target != null) {
                walk(target, at, above);
            }
        }
        SAME.forEach(name -> walk(schema.path(name), at, above));
        LISTS.forEach(name -> schema.path(name).forEach(part -> walk(part, at, above)));
        above.remove(schema);
        ended.add(schema);
    }

    /** The part of the schema that a reference names; null when there is none. */
    static @Nullable JsonNode target(JsonNode root, String reference) {
        if (!reference.startsWith("#") || reference.contains("%")) {
            return null;
        }
        String pointer = reference.substring(1);
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            return null;
        }
        JsonNode target = root.at(pointer);
        return target.isObject() || target.isBoolean() ? target : null;
    }

    private static void require(boolean holds, String at, String objection) {
        if (!holds) {
            throw new IllegalArgumentException("%s %s".formatted(at, objection));
        }
    }
}
