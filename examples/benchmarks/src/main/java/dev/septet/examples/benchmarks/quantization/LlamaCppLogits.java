package dev.septet.examples.benchmarks.quantization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The logits of llama.cpp, computed by {@code .ci/llama_cpp.py}.
 *
 * @param python interpreter of the environment that has llama.cpp
 * @param script that computes the logits
 */
record LlamaCppLogits(Path python, Path script) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int CONTEXT = 512;

    /** The logits of the next token after each token of these rows: (all tokens, vocabulary). */
    List<float[]> of(Path gguf, List<int[]> rows, Path temporary) throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        StringBuilder asked = new StringBuilder();
        ObjectNode open = MAPPER.createObjectNode().put("open", gguf.toString());
        asked.append(open.put("context", CONTEXT)).append('\n');
        for (int[] row : rows) {
            files.add(temporary.resolve("row-" + files.size() + ".f32"));
            ObjectNode request = MAPPER.createObjectNode();
            request.put("into", files.get(files.size() - 1).toString());
            asked.append(request.<ObjectNode>set("logits", MAPPER.valueToTree(row)))
                    .append('\n');
        }
        int vocabulary = run(Files.writeString(temporary.resolve("asked.jsonl"), asked));
        List<float[]> all = new ArrayList<>();
        for (Path file : files) {
            FloatBuffer values = ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            while (values.hasRemaining()) {
                float[] logits = new float[vocabulary];
                values.get(logits);
                all.add(logits);
            }
            Files.delete(file);
        }
        return all;
    }

    private int run(Path asked) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python.toString(), script.toString())
                .redirectInput(asked.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] said = process.getInputStream().readAllBytes();
        int exit = process.waitFor();
        int vocabulary = 0;
        for (String line : new String(said, StandardCharsets.UTF_8).lines().toList()) {
            JsonNode answer = MAPPER.readTree(line);
            if (answer.has("error")) {
                throw new IOException("llama.cpp: " + answer.path("error").asText());
            }
            vocabulary = Math.max(vocabulary, answer.path("vocabulary").asInt());
        }
        if (exit != 0 || vocabulary == 0) {
            throw new IOException(script + " ended with status " + exit);
        }
        return vocabulary;
    }
}
