package dev.septet.examples.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code generate} of Hugging Face transformers, in one Python process for all runs. */
final class TransformersContender implements Contender {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final int lookup;
    private final Process process;
    private final BufferedWriter to;
    private final BufferedReader from;

    /**
     * @param lookup draft tokens of prompt lookup decoding; 0 = off
     */
    TransformersContender(String name, Path python, Path folder, int threads, int lookup) throws IOException {
        this.name = name;
        this.lookup = lookup;
        Path script = Files.createTempFile("septet-peer", ".py");
        try (InputStream in = getClass().getResourceAsStream("peer.py")) {
            Files.write(script, Objects.requireNonNull(in, "peer.py").readAllBytes());
        }
        ProcessBuilder builder = new ProcessBuilder(
                        python.toString(), script.toString(), folder.toString(), Integer.toString(threads))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("HF_HUB_OFFLINE", "1");
        process = builder.start();
        to = process.outputWriter(StandardCharsets.UTF_8);
        from = process.inputReader(StandardCharsets.UTF_8);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Done run(Work work) throws IOException {
        to.write(JSON.writeValueAsString(Map.of(
                "prompts", work.prompts(),
                "tokens", work.newTokens(),
                "atOnce", work.atOnce(),
                "lookup", lookup)));
        to.newLine();
        to.flush();
        String line = from.readLine();
        if (line == null) {
            throw new IOException("the Python process ended");
        }
        JsonNode answer = JSON.readTree(line);
        List<int[]> answers = new ArrayList<>();
        for (JsonNode ids : answer.path("answers")) {
            answers.add(JSON.convertValue(ids, int[].class));
        }
        return new Done(answer.path("seconds").asDouble(), answers, "");
    }

    @Override
    public void close() throws IOException {
        to.close();
        process.destroy();
    }
}
