package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** Schemas from a seed, with every supported rule. */
record RandomSchemas(Random random) {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final List<String> NAMES =
            List.of("id", "name", "a", "ab", "abc", "value", "na\u00efve key", "q\"uote", "list", "next");
    private static final List<String> PATTERNS = List.of(
            "^[a-z]{1,5}$",
            "^\\d{3}-\\d{4}$",
            "[A-F]+",
            "^(yes|no|may ?be)$",
            "^[^\"\\\\]{0,4}$",
            "^.{2,3}$",
            "x|yz?$");

    JsonNode schema() {
        ObjectNode schema = (ObjectNode) value(3);
        if (random.nextInt(4) == 0) {
            ObjectNode root = MAPPER.createObjectNode().put("type", "object");
            ObjectNode properties = root.putObject("properties");
            properties.putObject("tree").put("$ref", "#/$defs/tree");
            root.putArray("required").add("tree");
            root.put("additionalProperties", false);
            ObjectNode tree = root.putObject("$defs").putObject("tree");
            tree.put("type", "object").putObject("properties").set("leaf", schema);
            ((ObjectNode) tree.path("properties"))
                    .putObject("branches")
                    .put("type", "array")
                    .put("maxItems", 2)
                    .putObject("items")
                    .put("$ref", "#/$defs/tree");
            tree.putArray("required").add("leaf");
            tree.put("additionalProperties", false);
            return root;
        }
        return schema;
    }

    private JsonNode value(int depth) {
        ObjectNode schema = MAPPER.createObjectNode();
        switch (random.nextInt(depth > 0 ? 12 : 7)) {
            case 0 -> string(schema);
            case 1 -> schema.put("type", "string").put("pattern", one(PATTERNS));
            case 2 ->
                schema.put("type", "string")
                        .put("format", one(List.of("date", "time", "date-time", "uuid", "email", "ipv4")));
            case 3 -> bounds(schema.put("type", "integer"), 2000);
            case 4 -> bounds(schema.put("type", "number"), 5);
            case 5 -> {
                ArrayNode values = schema.putArray("enum");
                values.add("one")
                        .add("on")
                        .add("\u00e9t\u00e9")
                        .add(1)
                        .add(1.25)
                        .addNull()
                        .add(true);
                values.addArray().add(1).add("x");
            }
            case 6 -> schema.put("type", one(List.of("boolean", "null")));
            case 7, 8, 9 -> object(schema, depth);
            case 10 -> array(schema, depth);
            default -> {
                ArrayNode choices = schema.putArray("anyOf");
                choices.add(value(depth - 1)).add(value(depth - 1));
            }
        }
        return schema;
    }

    private void string(ObjectNode schema) {
        int min = random.nextInt(4);
        schema.put("type", "string").put("minLength", min).put("maxLength", min + random.nextInt(30));
    }

    private void bounds(ObjectNode schema, int most) {
        int low = random.nextInt(2 * most) - most;
        double scale = schema.path("type").asText().equals("integer") ? 1 : 0.37;
        if (random.nextBoolean()) {
            put(schema, random.nextBoolean() ? "minimum" : "exclusiveMinimum", low * scale);
        }
        if (random.nextBoolean()) {
            put(
                    schema,
                    random.nextBoolean() ? "maximum" : "exclusiveMaximum",
                    (low + 2 + random.nextInt(most)) * scale);
        }
    }

    private static void put(ObjectNode schema, String name, double value) {
        if (value == Math.rint(value)) {
            schema.put(name, (long) value);
        } else {
            schema.put(name, value);
        }
    }

    private void object(ObjectNode schema, int depth) {
        ObjectNode properties = schema.put("type", "object").putObject("properties");
        ArrayNode required = schema.putArray("required");
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            String name = one(NAMES);
            if (!properties.has(name)) {
                properties.set(name, value(depth - 1));
                if (random.nextBoolean()) {
                    required.add(name);
                }
            }
        }
        switch (random.nextInt(4)) {
            case 0 -> schema.set("additionalProperties", value(0));
            case 1 -> schema.put("additionalProperties", true);
            default -> schema.put("additionalProperties", false);
        }
    }

    private void array(ObjectNode schema, int depth) {
        int min = random.nextInt(3);
        schema.put("type", "array").put("minItems", min).put("maxItems", min + random.nextInt(3));
        if (random.nextInt(3) == 0) {
            schema.putArray("prefixItems").add(value(depth - 1)).add(value(0));
        }
        schema.set("items", value(depth - 1));
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
