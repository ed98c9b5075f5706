package dev.septet.llm.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** What torch computed of some pairs of answers; see make_preference.py. */
record PreferenceGolden(JsonNode numbers, Safetensors tensors) {
    static PreferenceGolden open() {
        try {
            return new PreferenceGolden(
                    new ObjectMapper().readTree(path("preference.json").toFile()),
                    Safetensors.open(path("preference.safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double beta() {
        return numbers.get("beta").asDouble();
    }

    double number(String object, String field) {
        return numbers.get(object).get(field).asDouble();
    }

    double[] numbers(String object, String field) {
        return doubles(numbers.get(object).get(field));
    }

    /** Chosen, rejected, chosen, rejected and so on. */
    List<TokenDataset.Row> rows() {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < numbers.get("rows").size(); row++) {
            double[] tokens = doubles(numbers.get("rows").get(row));
            double[] marks = doubles(numbers.get("masks").get(row));
            byte[] mask = new byte[marks.length];
            for (int t = 0; t < mask.length; t++) {
                mask[t] = (byte) marks[t];
            }
            rows.add(new TokenDataset.Row(
                    Arrays.stream(tokens).mapToInt(token -> (int) token).toArray(), mask));
        }
        return rows;
    }

    /** By the parameters' names; {@code of} is lora or full. */
    Map<String, float[]> gradients(String of) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (String name : tensors.names()) {
            if (name.startsWith(of + ".")) {
                gradients.put(
                        name.substring(of.length() + 1), tensors.tensor(name).floats());
            }
        }
        return gradients;
    }

    private static double[] doubles(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static Path path(String file) {
        URL url = Objects.requireNonNull(PreferenceGolden.class.getResource(file), file);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
