package dev.septet.llm.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** What transformers and peft computed for a tiny random model; see golden/make.py. */
public record GoldenModel(String name, JsonNode numbers, Safetensors tensors) {

    public static GoldenModel open(String name) {
        return open("golden/", name);
    }

    /** A tiny model of a family; see families/make.py. */
    public static GoldenModel family(String name) {
        return open("families/", name);
    }

    private static GoldenModel open(String folder, String model) {
        String name = folder + model;
        try {
            JsonNode numbers = new ObjectMapper().readTree(path(name + ".json").toFile());
            return new GoldenModel(name, numbers, Safetensors.open(path(name + ".safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path folder() {
        return path(name);
    }

    public Path adapter() {
        return path(name + "-adapter");
    }

    public List<int[]> rows() {
        List<int[]> rows = new ArrayList<>();
        for (JsonNode row : numbers.get("rows")) {
            rows.add(ints(row));
        }
        return rows;
    }

    /** What greedy generation answers to each row. */
    public List<int[]> answers() {
        List<int[]> answers = new ArrayList<>();
        for (JsonNode row : numbers.get("answers")) {
            answers.add(ints(row));
        }
        return answers;
    }

    public List<byte[]> masks() {
        List<byte[]> masks = new ArrayList<>();
        for (JsonNode row : numbers.get("masks")) {
            int[] values = ints(row);
            byte[] mask = new byte[values.length];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) values[i];
            }
            masks.add(mask);
        }
        return masks;
    }

    public double number(String field) {
        return numbers.get(field).asDouble();
    }

    public double[] numbers(String object, String field) {
        return StreamSupport.stream(numbers.get(object).get(field).spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    public float[] tensor(String tensor) {
        return tensors.tensor(tensor).floats();
    }

    private static int[] ints(JsonNode row) {
        return StreamSupport.stream(row.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static Path path(String file) {
        URL url = Objects.requireNonNull(GoldenModel.class.getResource(file), file);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
