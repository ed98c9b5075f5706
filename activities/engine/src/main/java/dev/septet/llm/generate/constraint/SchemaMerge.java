package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Combines schemas of which all must match into one, and follows references. */
final class SchemaMerge {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_MERGES = 2_000;

    /** Most properties and values that are combined. */
    private static final int MAX_WORK = 200_000;

    private final JsonNode root;
    private int depth;
    private int merges;
    private int work;

    SchemaMerge(JsonNode root) {
        this.root = root;
    }

    /** Whether a schema has rules besides the given ones. */
    static boolean constrains(JsonNode schema, Set<String> except) {
        List<String> names = new ArrayList<>();
        schema.fieldNames().forEachRemaining(names::add);
        return names.stream()
                .anyMatch(name ->
                        !except.contains(name) && !SchemaCompiler.ANNOTATIONS.contains(name) && !name.startsWith("x-"));
    }

    /** The JSON pointer of a reference inside the schema. */
    static String target(JsonNode reference, String pointer) {
        String text = reference.asText();
        if (!reference.isTextual() || !(text.equals("#") || text.startsWith("#/"))) {
            throw new SchemaProblem(pointer + "/$ref", "must be a reference inside this schema, such as #/$defs/NAME");
        }
        try {
            return URLDecoder.decode(text.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SchemaProblem(pointer + "/$ref", "is not a valid reference");
        }
    }

    /** The schema that a reference names. */
    JsonNode resolve(JsonNode reference, String pointer) {
        JsonNode found = root.at(target(reference, pointer));
        if (found.isMissingNode()) {
            throw new SchemaProblem(pointer + "/$ref", "names a schema that does not exist");
        }
        return found;
    }

    /** A schema without {@code $ref} and {@code allOf} at its top. */
    ObjectNode flat(JsonNode schema, String pointer) {
        if (++depth > MAX_DEPTH) {
            throw tooMany(pointer);
        }
        try {
            if (schema.isBoolean() && schema.booleanValue()) {
                return StrictJson.MAPPER.createObjectNode();
            }
            if (!(schema instanceof ObjectNode object)) {
                throw new SchemaProblem(pointer, "must be an object");
            }
            ObjectNode result = StrictJson.MAPPER.createObjectNode().setAll(object);
            JsonNode reference = result.remove("$ref");
            JsonNode all = result.remove("allOf");
            if (reference != null) {
                result = both(result, resolve(reference, pointer), pointer);
            }
            if (all != null) {
                if (!all.isArray() || all.isEmpty()) {
                    throw new SchemaProblem(pointer + "/allOf", "must be a list of at least one schema");
                }
                for (int i = 0; i < all.size(); i++) {
                    result = both(result, all.get(i), pointer + "/allOf/" + i);
                }
            }
            return result;
        } finally {
            depth--;
        }
    }

    private static SchemaProblem tooMany(String pointer) {
        return new SchemaProblem(pointer, "combines too many schemas with 'allOf' and '$ref'");
    }

    private void spend(int more, String pointer) {
        work += more;
        if (work > MAX_WORK) {
            throw tooMany(pointer);
        }
    }

    /** The schema of the values that match two schemas. */
    ObjectNode both(JsonNode first, JsonNode second, String pointer) {
        if (++merges > MAX_MERGES) {
            throw tooMany(pointer);
        }
        ObjectNode a = typed(flat(first, pointer), pointer);
        ObjectNode b = typed(flat(second, pointer), pointer);
        spend(a.size() + b.size(), pointer);
        ObjectNode result = StrictJson.MAPPER.createObjectNode();
        properties(a, b, result, pointer);
        items(a, b, result, pointer);
        for (Map.Entry<String, JsonNode> rule : a.properties()) {
            JsonNode other = b.get(rule.getKey());
            if (!result.has(rule.getKey())) {
                result.set(
                        rule.getKey(),
                        other == null ? rule.getValue() : rule(rule.getKey(), rule.getValue(), other, pointer));
            }
        }
        for (Map.Entry<String, JsonNode> rule : b.properties()) {
            if (!result.has(rule.getKey())) {
                result.set(rule.getKey(), rule.getValue());
            }
        }
        return result;
    }

    /** Writes {@code nullable} as a type, because another schema may forbid null. */
    private static ObjectNode typed(ObjectNode schema, String pointer) {
        if (!schema.has("nullable")) {
            return schema;
        }
        Set<String> types = SchemaCompiler.types(schema, pointer);
        schema.remove("nullable");
        if (!types.isEmpty()) {
            ArrayNode all = schema.putArray("type");
            types.forEach(all::add);
        }
        return schema;
    }

    /** Each item must match the rule of its place in both schemas. */
    private void items(ObjectNode a, ObjectNode b, ObjectNode result, String pointer) {
        JsonNode mine = a.path("prefixItems");
        JsonNode others = b.path("prefixItems");
        if (mine.isMissingNode() && others.isMissingNode()) {
            return;
        }
        for (JsonNode list : List.of(mine, others)) {
            if (!list.isMissingNode() && !list.isArray()) {
                throw new SchemaProblem(pointer + "/prefixItems", "must be a list of schemas");
            }
        }
        ArrayNode prefix = StrictJson.MAPPER.createArrayNode();
        spend(mine.size() + others.size(), pointer);
        for (int i = 0; i < Math.max(mine.size(), others.size()); i++) {
            JsonNode one = mine.has(i) ? mine.path(i) : a.path("items");
            JsonNode other = others.has(i) ? others.path(i) : b.path("items");
            JsonNode item = merged(one, other, pointer + "/prefixItems/" + i);
            if (item.isBoolean() && !item.booleanValue()) {
                // Nothing is allowed at this place, so nothing comes after it.
                result.set("prefixItems", prefix);
                result.put("items", false);
                return;
            }
            prefix.add(item);
        }
        result.set("prefixItems", prefix);
        if (a.has("items") || b.has("items")) {
            result.set("items", merged(a.path("items"), b.path("items"), pointer + "/items"));
        }
    }

    private void properties(ObjectNode a, ObjectNode b, ObjectNode result, String pointer) {
        if (!a.has("properties") && !b.has("properties")) {
            JsonNode more = a.has("additionalProperties") && b.has("additionalProperties")
                    ? merged(a.path("additionalProperties"), b.path("additionalProperties"), pointer)
                    : a.has("additionalProperties") ? a.get("additionalProperties") : b.get("additionalProperties");
            if (more != null) {
                result.set("additionalProperties", more);
            }
            return;
        }
        ObjectNode all = result.putObject("properties");
        Set<String> names = new LinkedHashSet<>();
        a.path("properties").fieldNames().forEachRemaining(names::add);
        b.path("properties").fieldNames().forEachRemaining(names::add);
        spend(names.size(), pointer);
        for (String name : names) {
            JsonNode mine =
                    a.path("properties").has(name) ? a.path("properties").path(name) : a.path("additionalProperties");
            JsonNode others =
                    b.path("properties").has(name) ? b.path("properties").path(name) : b.path("additionalProperties");
            all.set(name, merged(mine, others, pointer + "/properties"));
        }
        JsonNode more = merged(a.path("additionalProperties"), b.path("additionalProperties"), pointer);
        if (a.has("additionalProperties") || b.has("additionalProperties")) {
            result.set("additionalProperties", more);
        }
    }

    /** Two schemas, missing ones without rules; false where one is false. */
    private JsonNode merged(JsonNode a, JsonNode b, String pointer) {
        if (a.isMissingNode() || (a.isBoolean() && a.booleanValue())) {
            return b.isMissingNode() ? StrictJson.MAPPER.createObjectNode() : b;
        }
        if (b.isMissingNode() || (b.isBoolean() && b.booleanValue()) || a.equals(b)) {
            return a;
        }
        if (a.isBoolean() || b.isBoolean()) {
            return StrictJson.MAPPER.getNodeFactory().booleanNode(false);
        }
        return both(a, b, pointer);
    }

    private JsonNode rule(String name, JsonNode a, JsonNode b, String pointer) {
        if (same(a, b) || SchemaCompiler.ANNOTATIONS.contains(name) || name.startsWith("x-")) {
            return a;
        }
        return switch (name) {
            case "required" -> union(a, b);
            case "type" -> types(a, b, pointer);
            case "enum" -> common(a, b, pointer);
            case "minimum", "exclusiveMinimum", "minLength", "minItems" -> number(a, b, name, pointer) >= 0 ? a : b;
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems" -> number(a, b, name, pointer) <= 0 ? a : b;
            case "items" -> merged(a, b, pointer + "/items");
            default ->
                throw new SchemaProblem(
                        pointer, "combines two different values of '%s', which is not supported".formatted(name));
        };
    }

    private static JsonNode union(JsonNode a, JsonNode b) {
        Set<JsonNode> names = new LinkedHashSet<>();
        a.forEach(names::add);
        b.forEach(names::add);
        return StrictJson.MAPPER.createArrayNode().addAll(names);
    }

    private JsonNode common(JsonNode a, JsonNode b, String pointer) {
        spend(a.size() + b.size(), pointer);
        ArrayNode values = StrictJson.MAPPER.createArrayNode();
        Set<JsonNode> others = new HashSet<>();
        b.forEach(other -> others.add(canonical(other)));
        for (JsonNode value : a) {
            if (others.contains(canonical(value))) {
                values.add(value);
            }
        }
        return values;
    }

    /** The same node for equal values: numbers have one form. */
    static JsonNode canonical(JsonNode value) {
        if (value.isNumber()) {
            return DecimalNode.valueOf(value.decimalValue().stripTrailingZeros());
        } else if (value.isArray()) {
            ArrayNode items = StrictJson.MAPPER.createArrayNode();
            value.forEach(item -> items.add(canonical(item)));
            return items;
        } else if (value.isObject()) {
            ObjectNode object = StrictJson.MAPPER.createObjectNode();
            value.properties().forEach(property -> object.set(property.getKey(), canonical(property.getValue())));
            return object;
        }
        return value;
    }

    private static int number(JsonNode a, JsonNode b, String name, String pointer) {
        if (!a.isNumber() || !b.isNumber()) {
            throw new SchemaProblem(pointer + "/" + name, "must be a number");
        }
        return a.decimalValue().compareTo(b.decimalValue());
    }

    private static JsonNode types(JsonNode a, JsonNode b, String pointer) {
        Set<String> first = names(a);
        Set<String> second = names(b);
        ArrayNode types = StrictJson.MAPPER.createArrayNode();
        for (String type : List.of("object", "array", "string", "number", "integer", "boolean", "null")) {
            boolean inFirst = first.contains(type) || (type.equals("integer") && first.contains("number"));
            boolean inSecond = second.contains(type) || (type.equals("integer") && second.contains("number"));
            if (inFirst && inSecond) {
                types.add(type);
            }
        }
        if (types.isEmpty()) {
            throw new SchemaProblem(pointer, "combines different types, so no value matches");
        }
        return types;
    }

    private static Set<String> names(JsonNode type) {
        Set<String> names = new LinkedHashSet<>();
        if (type.isTextual()) {
            names.add(type.textValue());
        }
        type.forEach(each -> names.add(each.asText()));
        return names;
    }

    /** Whether two JSON values are equal; numbers by their value. */
    static boolean same(JsonNode a, JsonNode b) {
        return canonical(a).equals(canonical(b));
    }
}
