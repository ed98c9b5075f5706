package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.optimizer.Optimizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The state that a run needs to resume: parameters and moments as safetensors, the rest as JSON.
 * All random numbers are functions of seed and step, so no generator state is saved.
 *
 * @param nextStep the next step, counted from 0
 * @param updates optimizer updates done so far; fewer than nextStep if a step was skipped
 * @param planDigest digest of the run's plan
 * @param program name of the program that computed the state; another program would give other last
 *     bits
 * @param rows of the training data
 * @param tokens of the training data
 */
record Checkpoint(int nextStep, int updates, String planDigest, String program, int rows, long tokens) {
    private static final String PARAMETERS = "trainable.safetensors";
    private static final String MOMENTS = "optimizer.safetensors";
    private static final String STATE = "state.json";
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    void write(Path folder, Map<String, NDArray> parameters, Map<String, NDArray> moments) throws IOException {
        write(folder, sources(parameters), sources(moments));
    }

    void write(Path folder, List<TensorSource> parameters, List<TensorSource> moments) throws IOException {
        SafetensorsWriter.write(folder.resolve(PARAMETERS), Map.of(), parameters);
        SafetensorsWriter.write(folder.resolve(MOMENTS), Map.of(), moments);
        ObjectNode state = JSON.createObjectNode();
        state.put("format", FORMAT);
        state.put("nextStep", nextStep);
        state.put("updates", updates);
        state.put("planDigest", planDigest);
        state.put("program", program);
        String septet = Checkpoint.class.getPackage().getImplementationVersion();
        if (septet != null) {
            state.put("septet", septet);
        }
        state.put("rows", rows);
        state.put("tokens", tokens);
        Files.writeString(
                folder.resolve(STATE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(state) + "\n");
    }

    /** Reads a checkpoint folder and restores parameters and moments. */
    static Checkpoint read(
            Path folder, Map<String, NDArray> parameters, Map<String, NDArray> moments, Optimizer optimizer) {
        Path file = folder.resolve(STATE);
        try {
            JsonNode state = JSON.readTree(Files.readAllBytes(file));
            if (state.path("format").asInt() != FORMAT) {
                throw new FormatProblem(
                        file, "is not a checkpoint state of format " + FORMAT + "; train again from the start");
            }
            fill(Safetensors.open(folder.resolve(PARAMETERS)), parameters, optimizer);
            fill(Safetensors.open(folder.resolve(MOMENTS)), moments, optimizer);
            return new Checkpoint(
                    state.path("nextStep").asInt(),
                    state.path("updates").asInt(),
                    state.path("planDigest").asText(),
                    state.path("program").asText(),
                    state.path("rows").asInt(),
                    state.path("tokens").asLong());
        } catch (IOException e) {
            throw new FormatProblem(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The identity of the program that computed a checkpoint's state.
     *
     * @throws FormatProblem when it cannot be read
     */
    static String program(Path folder) {
        return text(folder, "program");
    }

    /** The version of Septet that wrote a checkpoint; empty for one that was not built as a release. */
    static String septet(Path folder) {
        return text(folder, "septet");
    }

    private static String text(Path folder, String property) {
        Path file = folder.resolve(STATE);
        try {
            return JSON.readTree(Files.readAllBytes(file)).path(property).asText();
        } catch (IOException e) {
            throw new FormatProblem(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<TensorSource> sources(Map<String, NDArray> arrays) {
        List<TensorSource> sources = new ArrayList<>();
        arrays.forEach((name, array) -> sources.add(new TensorSource(name, ElementType.F32, array.getShape(), out -> {
            ByteBuffer bytes = array.toByteBuffer();
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        })));
        return sources;
    }

    private static void fill(Safetensors file, Map<String, NDArray> arrays, Optimizer optimizer) {
        if (!List.copyOf(file.names()).equals(List.copyOf(arrays.keySet()))) {
            throw new FormatProblem(
                    file.file(), "holds other tensors than this plan trains; was it made with this plan?");
        }
        arrays.forEach((name, array) -> {
            StoredTensor stored = file.tensor(name);
            if (stored.type() != ElementType.F32 || !stored.shape().equals(array.getShape())) {
                throw new FormatProblem(
                        file.file(),
                        name + " is " + stored.type() + stored.shape() + ", expected F32" + array.getShape());
            }
            optimizer.restore(array, stored.bytes().asFloatBuffer());
        });
    }
}
