package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.template.ChatMessage;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * A llama.cpp of October 2026, in a process of its own: the judge of every family's exports. It is
 * spoken to through {@code .ci/llama_cpp.py}; {@link LlamaCpp} is an older one, in this process.
 */
public final class RecentLlamaCpp implements AutoCloseable {
    private static final Path SCRIPTS =
            Path.of("..", "..", ".ci").toAbsolutePath().normalize();
    private static final int MINUTES_TO_INSTALL = 10;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path log;
    private final Path logits;
    private final Process process;
    private final BufferedWriter asked;
    private final BufferedReader said;
    private int vocabulary;

    private RecentLlamaCpp(Path folder) throws IOException, InterruptedException {
        log = Files.createTempFile(folder, "llama-cpp", ".log");
        logits = Files.createTempFile(folder, "logits", ".f32");
        process = new ProcessBuilder(
                        python(log), SCRIPTS.resolve("llama_cpp.py").toString())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        asked = process.outputWriter(StandardCharsets.UTF_8);
        said = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts it; what it writes goes into the folder. */
    public static RecentLlamaCpp start(Path folder) throws Exception {
        return new RecentLlamaCpp(folder);
    }

    private static String python(Path log) throws IOException, InterruptedException {
        Process made = new ProcessBuilder(SCRIPTS.resolve("python-env").toString(), "llama-cpp")
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        String python = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!made.waitFor(MINUTES_TO_INSTALL, TimeUnit.MINUTES) || made.exitValue() != 0) {
            throw new IllegalStateException("llama.cpp cannot be had: " + Files.readString(log));
        }
        return python;
    }

    /** Reads a file; what is asked from now on is asked of it. */
    public void open(Path gguf, int context) throws IOException {
        ObjectNode request = MAPPER.createObjectNode().put("open", gguf.toString());
        vocabulary = ask(request.put("context", context)).path("vocabulary").intValue();
    }

    /** A text as tokens; names of special tokens in it are those tokens. */
    public int[] tokens(String text) throws IOException {
        return ints(ask(MAPPER.createObjectNode().put("tokens", text).put("ends", false)));
    }

    /** A text as tokens, with those around it that the file wants there. */
    public int[] tokensWithEnds(String text) throws IOException {
        return ints(ask(MAPPER.createObjectNode().put("tokens", text).put("ends", true)));
    }

    /** Scores of the token after each of these: (tokens, vocabulary). */
    public float[][] logits(int[] ids) throws IOException {
        ObjectNode request = MAPPER.createObjectNode().put("into", logits.toString());
        ask(request.set("logits", MAPPER.valueToTree(ids)));
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(logits));
        float[][] rows = new float[ids.length][vocabulary];
        for (float[] row : rows) {
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
            bytes.position(bytes.position() + Float.BYTES * vocabulary);
        }
        return rows;
    }

    /** The likeliest continuation, of these tokens only where they are given. */
    public int[] answer(int[] prompt, int max, Optional<Collection<Integer>> allowed) throws IOException {
        ObjectNode request = MAPPER.createObjectNode().put("most", max);
        request.set("answer", MAPPER.valueToTree(prompt));
        request.set("allowed", MAPPER.valueToTree(allowed.orElse(null)));
        return ints(ask(request));
    }

    /** A conversation by the file's chat template, ready for the answer. */
    public String rendered(List<ChatMessage> messages) throws IOException {
        ObjectNode request = MAPPER.createObjectNode();
        ArrayNode turns = request.putArray("render");
        for (ChatMessage message : messages) {
            turns.addObject().put("role", message.role()).put("content", message.content());
        }
        return ask(request).path("text").textValue();
    }

    private JsonNode ask(JsonNode request) throws IOException {
        asked.write(MAPPER.writeValueAsString(request));
        asked.newLine();
        asked.flush();
        String line = said.readLine();
        JsonNode answer = MAPPER.readTree(line == null ? "{\"error\":\"it ended\"}" : line);
        if (answer.has("error")) {
            throw new IllegalStateException(answer.path("error").textValue() + "; " + Files.readString(log));
        }
        return answer;
    }

    private static int[] ints(JsonNode answer) {
        return StreamSupport.stream(answer.path("ids").spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    @Override
    public void close() throws IOException {
        asked.close();
        process.destroy();
    }
}
