package dev.septet.llm.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.method.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What peft computed with one kind of adapter; see adapter/golden/make.py.
 *
 * @param adapter folder of the adapter that it began from
 */
record AdapterGolden(Path adapter, JsonNode numbers, Safetensors tensors) {
    private static final String GRADIENT = "gradient.";

    static AdapterGolden open(String name) {
        try {
            return new AdapterGolden(
                    path(name),
                    new ObjectMapper().readTree(path(name + ".json").toFile()),
                    Safetensors.open(path(name + ".safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double number(String field) {
        return numbers.get(field).asDouble();
    }

    double[] losses() {
        return steps("losses");
    }

    double[] norms() {
        return steps("norms");
    }

    /** Names of the parameters that have a gradient. */
    Set<String> gradients() {
        return tensors.names().stream()
                .filter(name -> name.startsWith(GRADIENT))
                .map(name -> name.substring(GRADIENT.length()))
                .collect(Collectors.toSet());
    }

    float[] gradient(String parameter) {
        return tensors.tensor(GRADIENT + parameter).floats();
    }

    /** Scores of the token after each of the first row's tokens. */
    float[] logits() {
        return tensors.tensor("logits").floats();
    }

    private double[] steps(String field) {
        return StreamSupport.stream(numbers.get("steps").get(field).spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static Path path(String file) {
        URL url = Objects.requireNonNull(Method.class.getResource("golden/" + file), file);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
