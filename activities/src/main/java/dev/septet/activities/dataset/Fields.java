package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Locale;
import java.util.Optional;

/** Typed access to the fields of a record. */
final class Fields {
    private Fields() {}

    /** A field that must be there and be text. */
    static String text(ObjectNode record, String name) {
        return optionalText(record, name)
                .orElseThrow(
                        () -> {
                            String state = record.has(name) ? "is null" : "is missing";
                            return new RowProblem("\"" + name + "\" " + state + ", expected text");
                        });
    }

    /** A field that may be absent or null but is else text. */
    static Optional<String> optionalText(ObjectNode record, String name) {
        JsonNode value = record.get(name);
        return value == null || value.isNull()
                ? Optional.empty()
                : Optional.of(text(value, "\"" + name + "\""));
    }

    /** The text of a node, free of what no tokenizer or file should see. */
    static String text(JsonNode node, String what) {
        if (!node.isTextual()) {
            throw new RowProblem(what + " is " + type(node) + ", expected text");
        }
        return checked(node.textValue(), what);
    }

    static String type(JsonNode node) {
        String type = node.getNodeType().name().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "array" -> "a list";
            case "object" -> "an object";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            case "string" -> "text";
            default -> type;
        };
    }

    private static String checked(String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new RowProblem(what + " holds a NUL at character " + i);
            }
            if (Character.isSurrogate(c)) {
                boolean pair =
                        Character.isHighSurrogate(c)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new RowProblem(what + " holds half a surrogate pair at character " + i);
                }
                i++;
            }
        }
        return text;
    }
}
