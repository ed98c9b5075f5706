package dev.septet.llm.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.FormatProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fields of a {@code config.json}, read with type checks. */
record ConfigFile(Path file, JsonNode root) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LARGEST = 1 << 20;

    static ConfigFile open(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new FormatProblem(file, "no such file; expected a Hugging Face model folder");
            }
            if (Files.size(file) > LARGEST) {
                throw new FormatProblem(file, "is larger than 1 MB; expected a model's config.json");
            }
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new FormatProblem(file, "expected a JSON object");
            }
            return new ConfigFile(file, root);
        } catch (JsonProcessingException e) {
            throw new FormatProblem(file, "is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new FormatProblem(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The nested object of this name; empty when it is missing. */
    ConfigFile object(String name) {
        JsonNode node = root.path(name);
        return new ConfigFile(file, node.isObject() ? node : JSON.createObjectNode());
    }

    /** Whether the field is present and not null. */
    boolean has(String name) {
        return root.hasNonNull(name);
    }

    String text(String name, String absent) {
        return has(name) ? root.path(name).asText() : absent;
    }

    boolean flag(String name, boolean absent) {
        JsonNode value = root.path(name);
        if (!has(name)) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw new FormatProblem(file, name + " must be true or false, is " + shown(value));
        }
        return value.asBoolean();
    }

    int whole(String name) {
        double value = number(name);
        if (value != Math.rint(value) || value < 1 || value > Integer.MAX_VALUE) {
            throw new FormatProblem(file, name + " must be a whole number above 0, is " + root.path(name));
        }
        return (int) value;
    }

    int whole(String name, int absent) {
        return has(name) ? whole(name) : absent;
    }

    double number(String name) {
        JsonNode value = root.path(name);
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw new FormatProblem(file, name + " must be a number, is " + shown(value));
        }
        return value.asDouble();
    }

    double number(String name, double absent) {
        return has(name) ? number(name) : absent;
    }

    /** A number whose feature can be off: null is 0. */
    double switched(String name, double absent) {
        return root.path(name).isNull() ? 0 : number(name, absent);
    }

    /** The elements of an array as text; empty when the field is missing. */
    List<String> list(String name) {
        List<String> elements = new ArrayList<>();
        root.path(name).forEach(element -> elements.add(element.asText()));
        return elements;
    }

    /** Rejects a model with a feature that the engine does not compute. */
    void forbid(String name) {
        JsonNode value = root.path(name);
        boolean off =
                !has(name) || (value.isBoolean() && !value.asBoolean()) || (value.isNumber() && value.asDouble() == 0);
        if (!off) {
            String found = value.isContainerNode() ? "set" : value.asText();
            throw new FormatProblem(file, name + " is " + found + "; this engine runs models without it");
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : value.toString();
    }
}
