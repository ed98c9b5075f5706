package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.text.PublicText;
import java.util.Locale;
import java.util.Optional;

/** Typed access to the fields of a record. */
public final class Fields {
    private Fields() {}

    /** A required text field. */
    public static String text(ObjectNode record, String name) {
        return optionalText(record, name).orElseThrow(() -> {
            PublicText field = PublicText.field(name);
            return new RowProblem(
                    record.has(name)
                            ? PublicText.of("\"%s\" is null, expected text", field)
                            : PublicText.of("\"%s\" is missing, expected text", field));
        });
    }

    /** An optional text field, which may be absent or null. */
    public static Optional<String> optionalText(ObjectNode record, String name) {
        JsonNode value = record.get(name);
        return value == null || value.isNull()
                ? Optional.empty()
                : Optional.of(text(value, PublicText.of("\"%s\"", PublicText.field(name))));
    }

    /** The text of a node, without characters that tokenizers and files must not receive. */
    public static String text(JsonNode node, PublicText what) {
        if (!node.isTextual()) {
            throw new RowProblem(PublicText.of("%s is %s, expected text", what, type(node)));
        }
        return checked(node.textValue(), what);
    }

    public static PublicText type(JsonNode node) {
        String type = node.getNodeType().name().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "array" -> PublicText.of("a list");
            case "object" -> PublicText.of("an object");
            case "number" -> PublicText.of("a number");
            case "boolean" -> PublicText.of("true or false");
            case "string" -> PublicText.of("text");
            default -> PublicText.field(type);
        };
    }

    private static String checked(String text, PublicText what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new RowProblem(PublicText.of("%s holds a NUL at character %d", what, i));
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new RowProblem(PublicText.of("%s holds half a surrogate pair at character %d", what, i));
                }
                i++;
            }
        }
        return text;
    }
}
