package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Node;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a JSON schema to a grammar. Every text of the grammar is valid against the schema; some
 * valid texts are left out, such as objects whose properties are in another order. A keyword that
 * cannot be guaranteed is refused by its name.
 *
 * @see <a href="https://json-schema.org/draft/2020-12">JSON Schema 2020-12</a>
 */
final class SchemaCompiler {
    private static final int MAX_SCHEMAS = 2_000;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_PROPERTIES = 500;
    private static final int MAX_NAME = 1_000;
    private static final int MAX_VALUES = 1_000;
    private static final int MAX_ENUM_CHARACTERS = 32_768;
    private static final int MAX_ITEMS = 100_000;
    private static final int MAX_PREFIX = 200;

    /** Keywords without an effect on what is valid. */
    static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "example",
            "examples",
            "$schema",
            "$comment",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$defs",
            "definitions",
            "discriminator",
            "contentEncoding",
            "contentMediaType");

    private static final Set<String> OBJECT = Set.of("properties", "required", "additionalProperties");
    private static final Set<String> ARRAY = Set.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems");
    private static final Set<String> STRING = Set.of("minLength", "maxLength", "pattern", "format");
    private static final Set<String> NUMBER =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final Set<String> OTHER =
            Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "nullable");
    private static final List<String> TYPES =
            List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private final JsonGrammar json;
    private final StringSchemas strings;
    private final SchemaMerge merge;
    private final JsonNode root;
    private final String base;
    private final Map<String, Rule> references = new HashMap<>();
    private final Set<String> chain = new LinkedHashSet<>();
    private int schemas;
    private int depth;

    /**
     * @param root the schema to which references lead
     * @param base JSON pointer of the root, for problems
     */
    SchemaCompiler(JsonGrammar json, JsonNode root, String base) {
        this.json = json;
        this.strings = new StringSchemas(json);
        this.root = root;
        this.base = base;
        this.merge = new SchemaMerge(root);
    }

    /**
     * The values of the schema.
     *
     * @throws SchemaProblem when it is not supported, too large, or damaged
     */
    Node compile() {
        return compile(root, base);
    }

    private Node compile(JsonNode schema, String pointer) {
        if (++schemas > MAX_SCHEMAS) {
            throw new SchemaProblem(
                    pointer, String.format(Locale.ROOT, "makes more than %d schemas; use a smaller one", MAX_SCHEMAS));
        }
        if (++depth > MAX_DEPTH) {
            throw new SchemaProblem(pointer, String.format(Locale.ROOT, "is nested more than %d deep", MAX_DEPTH));
        }
        try {
            return unnested(schema, pointer);
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(pointer, String.valueOf(problem.getMessage()));
        } finally {
            depth--;
        }
    }

    private Node unnested(JsonNode schema, String pointer) {
        if (schema.isBoolean()) {
            if (!schema.booleanValue()) {
                throw new SchemaProblem(pointer, "is false, so no value matches");
            }
            return json.any();
        }
        if (!(schema instanceof ObjectNode object)) {
            throw new SchemaProblem(pointer, "must be an object");
        }
        requireKnown(object, pointer);
        if (object.has("$ref")) {
            return SchemaMerge.constrains(object, Set.of("$ref"))
                    ? compile(merge.flat(object, pointer), pointer)
                    : reference(object.path("$ref"), pointer);
        }
        if (object.has("allOf")) {
            return compile(merge.flat(object, pointer), pointer);
        }
        if (object.has("anyOf") || object.has("oneOf")) {
            return alternatives(object, pointer);
        }
        if (object.has("enum") || object.has("const")) {
            return values(object, pointer);
        }
        Set<String> types = types(object, pointer);
        if (types.isEmpty()) {
            return json.any();
        }
        List<Node> parts = new ArrayList<>();
        for (String type : types) {
            parts.add(typed(type, object, pointer));
        }
        return json.grammar().oneOf(parts);
    }

    private static void requireKnown(ObjectNode schema, String pointer) {
        schema.fieldNames().forEachRemaining(name -> {
            boolean known = ANNOTATIONS.contains(name)
                    || OBJECT.contains(name)
                    || ARRAY.contains(name)
                    || STRING.contains(name)
                    || NUMBER.contains(name)
                    || OTHER.contains(name)
                    || name.startsWith("x-");
            if (!known) {
                throw new SchemaProblem(
                        pointer,
                        "has '%s', which is not supported; leave it out, and check it in your program"
                                .formatted(shown(name)));
            }
        });
    }

    private static String shown(String name) {
        return name.length() <= 40 ? name : name.substring(0, 40) + "...";
    }

    /** A reference inside the schema. Each target is compiled once, so that it may contain itself. */
    private Node reference(JsonNode reference, String pointer) {
        String target = SchemaMerge.target(reference, pointer);
        Rule known = references.get(target);
        if (known != null) {
            if (chain.contains(target)) {
                throw new SchemaProblem(pointer + "/$ref", "leads to itself without a value between");
            }
            return known;
        }
        Rule rule = json.grammar().rule();
        references.put(target, rule);
        JsonNode found = merge.resolve(reference, pointer);
        boolean direct = chain.add(target);
        try {
            rule.define(compile(found, base + target));
        } finally {
            if (direct) {
                chain.remove(target);
            }
        }
        return rule;
    }

    private Node alternatives(ObjectNode schema, String pointer) {
        String keyword = schema.has("anyOf") ? "anyOf" : "oneOf";
        if (schema.has("anyOf") && schema.has("oneOf")) {
            throw new SchemaProblem(pointer, "has both 'anyOf' and 'oneOf'; leave one of them out");
        }
        JsonNode choices = schema.path(keyword);
        if (!choices.isArray() || choices.isEmpty()) {
            throw new SchemaProblem(pointer + "/" + keyword, "must be a list of at least one schema");
        }
        ObjectNode common = schema.deepCopy();
        common.remove(keyword);
        boolean more = SchemaMerge.constrains(common, Set.of());
        List<JsonNode> each = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            String place = pointer + "/" + keyword + "/" + i;
            each.add(more ? merge.both(common, choices.get(i), place) : choices.get(i));
        }
        if (keyword.equals("oneOf")) {
            new SchemaOverlap(merge).requireDisjoint(each, pointer);
        }
        List<Node> parts = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
            parts.add(compile(each.get(i), pointer + "/" + keyword + "/" + i));
        }
        return json.grammar().oneOf(parts);
    }

    private Node values(ObjectNode schema, String pointer) {
        if (SchemaMerge.constrains(schema, Set.of("enum", "const", "type", "nullable"))) {
            throw new SchemaProblem(
                    pointer, "has 'enum' or 'const' beside other rules; leave out the values that do not match them");
        }
        List<JsonNode> values = new ArrayList<>();
        JsonNode list = schema.path("enum");
        if (list.isMissingNode()) {
            values.add(schema.path("const"));
        } else if (!list.isArray() || list.isEmpty() || list.size() > MAX_VALUES) {
            throw new SchemaProblem(
                    pointer + "/enum", String.format(Locale.ROOT, "must be a list of 1 to %d values", MAX_VALUES));
        } else {
            list.forEach(values::add);
        }
        if (schema.has("const") && schema.has("enum")) {
            values.removeIf(value -> !SchemaMerge.same(value, schema.path("const")));
        }
        Set<String> types = schema.has("type") ? types(schema, pointer) : Set.of();
        if (!types.isEmpty()) {
            values.removeIf(value -> !hasType(value, types));
        }
        if (values.isEmpty()) {
            throw new SchemaProblem(pointer, "has no value that matches all of its rules");
        }
        Set<String> texts = new TreeSet<>();
        long characters = 0;
        for (JsonNode value : values) {
            String text = text(value);
            characters += text.length();
            if (characters > MAX_ENUM_CHARACTERS) {
                throw new SchemaProblem(
                        pointer,
                        String.format(
                                Locale.ROOT, "has values of more than %d characters together", MAX_ENUM_CHARACTERS));
            }
            texts.add(text);
        }
        return json.texts(texts, (int) (4 * characters + 16));
    }

    /** JSON without white space, with escapes only where JSON requires them. */
    private static String text(JsonNode value) {
        if (value.isTextual()) {
            return JsonGrammar.quoted(value.textValue());
        }
        try {
            return StrictJson.MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a parsed value can be written", e);
        }
    }

    private static boolean hasType(JsonNode value, Set<String> types) {
        return types.contains(typeOf(value))
                || (value.isIntegralNumber() && types.contains("number"))
                || (value.isNumber()
                        && types.contains("integer")
                        && value.decimalValue().stripTrailingZeros().scale() <= 0);
    }

    static String typeOf(JsonNode value) {
        if (value.isTextual()) {
            return "string";
        } else if (value.isNumber()) {
            return value.isIntegralNumber() ? "integer" : "number";
        } else if (value.isBoolean()) {
            return "boolean";
        } else if (value.isNull()) {
            return "null";
        }
        return value.isArray() ? "array" : "object";
    }

    /** The types of a schema; empty for any. Rules for one type only mean that type. */
    static Set<String> types(JsonNode schema, String pointer) {
        Set<String> types = new LinkedHashSet<>();
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.textValue());
        } else if (type.isArray()) {
            type.forEach(each -> types.add(each.asText()));
        }
        if (!TYPES.containsAll(types) || (!type.isMissingNode() && types.isEmpty())) {
            throw new SchemaProblem(pointer + "/type", "must be one or several of " + String.join(", ", TYPES));
        }
        if (type.isMissingNode()) {
            implied(schema, OBJECT, "object", types);
            implied(schema, ARRAY, "array", types);
            implied(schema, STRING, "string", types);
            implied(schema, NUMBER, "number", types);
        }
        if (types.contains("number")) {
            types.remove("integer");
        }
        if (schema.path("nullable").asBoolean() && !types.isEmpty()) {
            types.add("null");
        }
        return types;
    }

    private static void implied(JsonNode schema, Set<String> keywords, String type, Set<String> types) {
        if (keywords.stream().anyMatch(schema::has)) {
            types.add(type);
        }
    }

    private Node typed(String type, ObjectNode schema, String pointer) {
        return switch (type) {
            case "object" -> fresh(() -> object(schema, pointer));
            case "array" -> fresh(() -> array(schema, pointer));
            case "string" -> strings.string(schema, pointer);
            case "number" -> strings.number(schema, false, pointer);
            case "integer" -> strings.number(schema, true, pointer);
            case "boolean" -> json.texts(List.of("true", "false"), 20);
            default -> json.texts(List.of("null"), 10);
        };
    }

    /** Compiles what is inside a value: a reference to the same schema has a value between there. */
    private Node fresh(Supplier<Node> inside) {
        Set<String> outer = new LinkedHashSet<>(chain);
        chain.clear();
        try {
            return inside.get();
        } finally {
            chain.addAll(outer);
        }
    }

    private Node object(ObjectNode schema, String pointer) {
        Map<String, JsonNode> declared = new LinkedHashMap<>();
        JsonNode properties = schema.path("properties");
        if (!properties.isMissingNode() && !properties.isObject()) {
            throw new SchemaProblem(pointer + "/properties", "must be an object");
        }
        properties.properties().forEach(property -> declared.put(property.getKey(), property.getValue()));
        Set<String> required = new LinkedHashSet<>();
        JsonNode names = schema.path("required");
        if (!names.isMissingNode() && !names.isArray()) {
            throw new SchemaProblem(pointer + "/required", "must be a list of names");
        }
        for (JsonNode name : names) {
            if (!name.isTextual()) {
                throw new SchemaProblem(pointer + "/required", "must be a list of names");
            }
            required.add(name.textValue());
        }
        JsonNode additional = schema.path("additionalProperties");
        for (String name : required) {
            if (!declared.containsKey(name)) {
                if (additional.isBoolean() && !additional.booleanValue()) {
                    throw new SchemaProblem(
                            pointer + "/required",
                            "names the property '%s', which the schema does not allow".formatted(shown(name)));
                }
                declared.put(name, additional.isMissingNode() ? StrictJson.MAPPER.createObjectNode() : additional);
            }
        }
        if (declared.size() > MAX_PROPERTIES) {
            throw new SchemaProblem(
                    pointer + "/properties", String.format(Locale.ROOT, "has more than %d properties", MAX_PROPERTIES));
        }
        if (declared.keySet().stream().anyMatch(name -> name.length() > MAX_NAME)) {
            throw new SchemaProblem(
                    pointer + "/properties",
                    String.format(Locale.ROOT, "has a property name of more than %d characters", MAX_NAME));
        }
        List<JsonGrammar.Property> all = new ArrayList<>();
        declared.forEach((name, value) -> {
            // A property that is never allowed is left out.
            if (!(value.isBoolean() && !value.booleanValue() && !required.contains(name))) {
                all.add(new JsonGrammar.Property(
                        name, compile(value, pointer + "/properties/" + escaped(name)), required.contains(name)));
            }
        });
        return json.object(all, additional(additional, declared.size() > all.size(), pointer));
    }

    private @Nullable Node additional(JsonNode additional, boolean forbidden, String pointer) {
        if (additional.isBoolean() && !additional.booleanValue()) {
            return null;
        }
        if (forbidden) {
            throw new SchemaProblem(
                    pointer, "forbids a property with false; set 'additionalProperties' to false instead");
        }
        return additional.isMissingNode() ? json.any() : compile(additional, pointer + "/additionalProperties");
    }

    private static String escaped(String name) {
        return shown(name).replace("~", "~0").replace("/", "~1");
    }

    private Node array(ObjectNode schema, String pointer) {
        if (schema.path("uniqueItems").asBoolean()) {
            throw new SchemaProblem(
                    pointer, "has 'uniqueItems', which is not supported; leave it out, and check it in your program");
        }
        int min = count(schema, "minItems", pointer, 0, MAX_ITEMS);
        int max = count(schema, "maxItems", pointer, -1, MAX_ITEMS);
        if (max >= 0 && max < min) {
            throw new SchemaProblem(pointer, "has a maxItems below its minItems, so no array matches");
        }
        List<Node> prefix = new ArrayList<>();
        JsonNode first = schema.path("prefixItems");
        if (!first.isMissingNode() && (!first.isArray() || first.size() > MAX_PREFIX)) {
            throw new SchemaProblem(
                    pointer + "/prefixItems",
                    String.format(Locale.ROOT, "must be a list of at most %d schemas", MAX_PREFIX));
        }
        for (int i = 0; i < first.size(); i++) {
            prefix.add(compile(first.get(i), pointer + "/prefixItems/" + i));
        }
        JsonNode items = schema.path("items");
        if (items.isArray()) {
            throw new SchemaProblem(pointer + "/items", "is a list; write 'prefixItems' for it");
        }
        Node rest = null;
        if (items.isMissingNode()) {
            rest = json.any();
        } else if (!items.isBoolean() || items.booleanValue()) {
            rest = compile(items, pointer + "/items");
        } else if (min > prefix.size()) {
            throw new SchemaProblem(pointer, "needs more items than it allows");
        }
        return json.array(prefix, rest, min, max);
    }

    /** A number that counts characters or items. */
    static int count(JsonNode schema, String name, String pointer, int otherwise, int most) {
        JsonNode value = schema.path(name);
        if (value.isMissingNode()) {
            return otherwise;
        }
        boolean whole = value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
        if (!whole || value.doubleValue() < 0 || value.doubleValue() > most) {
            throw new SchemaProblem(
                    pointer + "/" + name, String.format(Locale.ROOT, "must be a whole number between 0 and %d", most));
        }
        return value.intValue();
    }
}
