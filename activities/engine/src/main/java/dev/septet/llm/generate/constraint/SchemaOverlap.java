package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether schemas have a value in common, as {@code oneOf} forbids. */
final class SchemaOverlap {
    private static final int MAX_CHOICES = 100;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_WORK = 200_000;
    private final SchemaMerge merge;
    private final IdentityHashMap<JsonNode, ObjectNode> flat = new IdentityHashMap<>();
    private final IdentityHashMap<ObjectNode, Set<JsonNode>> values = new IdentityHashMap<>();
    private int work;

    SchemaOverlap(SchemaMerge merge) {
        this.merge = merge;
    }

    /**
     * Requires that no value matches two of the schemas.
     *
     * @throws SchemaProblem when two are not clearly different
     */
    void requireDisjoint(List<JsonNode> choices, String pointer) {
        if (choices.size() > MAX_CHOICES) {
            throw new SchemaProblem(
                    pointer + "/oneOf", String.format(Locale.ROOT, "has more than %d schemas", MAX_CHOICES));
        }
        List<ObjectNode> each = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            each.add(flat(choices.get(i), pointer + "/oneOf/" + i));
        }
        for (int i = 0; i < each.size(); i++) {
            for (int other = 0; other < i; other++) {
                if (!disjoint(each.get(other), each.get(i), pointer, 0)) {
                    throw new SchemaProblem(
                            pointer + "/oneOf",
                            String.format(
                                    Locale.ROOT,
                                    "has two schemas, %d and %d, that may match the same value; write 'anyOf', or give them"
                                            + " different types, or a required property with different constants",
                                    other,
                                    i));
                }
            }
        }
    }

    /** A schema without references at its top, made once. */
    private ObjectNode flat(JsonNode schema, String pointer) {
        ObjectNode known = flat.get(schema);
        if (known == null) {
            known = merge.flat(schema, pointer);
            flat.put(schema, known);
        }
        return known;
    }

    private boolean disjoint(ObjectNode a, ObjectNode b, String pointer, int depth) {
        if (depth > MAX_DEPTH || hasChoices(a) || hasChoices(b)) {
            return false;
        }
        if (++work > MAX_WORK) {
            throw new SchemaProblem(pointer + "/oneOf", "has too many schemas to compare; write 'anyOf'");
        }
        Set<JsonNode> mine = values.computeIfAbsent(a, SchemaOverlap::values);
        Set<JsonNode> others = values.computeIfAbsent(b, SchemaOverlap::values);
        if (!mine.isEmpty() && !others.isEmpty()) {
            return Collections.disjoint(mine, others);
        }
        Set<String> types = types(a, mine, pointer);
        Set<String> otherTypes = types(b, others, pointer);
        if (types.isEmpty() || otherTypes.isEmpty()) {
            return false;
        }
        Set<String> common = new HashSet<>(types);
        common.retainAll(otherTypes);
        if (common.isEmpty()) {
            return true;
        }
        return common.equals(Set.of("object"))
                && a.path("type").isTextual()
                && b.path("type").isTextual()
                && differentProperty(a, b, pointer, depth);
    }

    private boolean differentProperty(ObjectNode a, ObjectNode b, String pointer, int depth) {
        Set<String> required = required(a);
        required.retainAll(required(b));
        for (String name : required) {
            JsonNode mine = a.path("properties").path(name);
            JsonNode others = b.path("properties").path(name);
            if (mine.isObject()
                    && others.isObject()
                    && disjoint(flat(mine, pointer), flat(others, pointer), pointer, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> required(ObjectNode schema) {
        Set<String> names = new HashSet<>();
        schema.path("required").forEach(name -> names.add(name.asText()));
        return names;
    }

    private static boolean hasChoices(ObjectNode schema) {
        return schema.has("anyOf")
                || schema.has("oneOf")
                || schema.path("nullable").asBoolean();
    }

    private static Set<JsonNode> values(ObjectNode schema) {
        Set<JsonNode> values = new LinkedHashSet<>();
        if (schema.has("const")) {
            values.add(SchemaMerge.canonical(schema.path("const")));
        } else {
            schema.path("enum").forEach(value -> values.add(SchemaMerge.canonical(value)));
        }
        return values;
    }

    /** Types, with integers as numbers; empty for any. Rules for one type do not exclude others here. */
    private static Set<String> types(ObjectNode schema, Set<JsonNode> values, String pointer) {
        Set<String> types = new HashSet<>();
        if (values.isEmpty()) {
            types.addAll(schema.has("type") ? SchemaCompiler.types(schema, pointer) : Set.of());
        } else {
            values.forEach(value -> types.add(SchemaCompiler.typeOf(value)));
        }
        if (types.remove("integer")) {
            types.add("number");
        }
        return types;
    }
}
