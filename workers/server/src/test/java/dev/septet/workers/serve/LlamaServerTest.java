package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EndpointBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP server of llama.cpp as a service: its answers are the engine's, in an evaluation and through our server. */
@Tag("long")
class LlamaServerTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path MODEL = ROOT.resolve("examples/quickstart/base-model");
    private static final int ROWS = 24;
    private static final int EVERY = 90;
    private static final int TOKENS = 32;

    /** llama.cpp computes with 16-bit weights, which may turn a tie between two tokens. */
    private static final int DIFFERENT = 2;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void answersAreTheEngines() throws Exception {
        Path gguf = folder.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(MODEL), gguf, "small", GgufForm.F16);
        Process llama = new ProcessBuilder(
                        python(), ROOT.resolve(".ci/llama_server.py").toString(), gguf.toString(), "small")
                .redirectError(folder.resolve("llama.log").toFile())
                .start();
        try {
            String address = llama.inputReader(StandardCharsets.UTF_8).readLine();
            assertThat(address)
                    .as(Files.readString(folder.resolve("llama.log")))
                    .startsWith("http://");
            ModelEndpoints endpoints = new ModelEndpoints(
                    Files.writeString(
                            folder.resolve("trainers.yaml"),
                            "endpoints: {llama: {url: '%s/v1', models: [small]}}\n".formatted(address)),
                    Map.of());
            check(endpoints);
        } finally {
            llama.destroy();
        }
    }

    private void check(ModelEndpoints endpoints) throws Exception {
        WorkerSubjects subjects = new WorkerSubjects(endpoints);
        Candidate model = new Candidate("model", MODEL, "0".repeat(64), null, null, Precision.FLOAT32);
        List<ChatRow> rows = rows();
        List<String> engine = answers(subjects, model, rows);

        assertThat(equal(engine, answers(subjects, model.by(new Candidate.Hosted("llama", "small")), rows)))
                .isGreaterThanOrEqualTo(ROWS - DIFFERENT);

        Models models = new Models();
        models.add(
                "m",
                new HostedBackend(
                        "v", new EndpointBackend(EndpointCompletions.of(endpoints, "test", "llama", "small"))));
        try (ModelServer front = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none())) {
            List<String> streamed = new ArrayList<>();
            for (ChatRow row : rows) {
                streamed.add(streamed(front, row));
            }
            assertThat(equal(engine, streamed)).isGreaterThanOrEqualTo(ROWS - DIFFERENT);
        }
    }

    private static String streamed(ModelServer front, ChatRow row) throws Exception {
        ObjectNode body = SpecJson.mapper()
                .createObjectNode()
                .put("model", "m")
                .put("temperature", 0)
                .put("max_tokens", TOKENS)
                .put("stream", true);
        row.prompt()
                .forEach(turn -> body.withArray("messages")
                        .addObject()
                        .put("role", turn.role().word())
                        .put("content", turn.content()));
        return Client.chunks(new Client(front.port())
                        .stream("/v1/chat/completions", body.toString()).get())
                .stream()
                .map(chunk -> chunk.at("/choices/0/delta/content").asText(""))
                .collect(Collectors.joining());
    }

    private static long equal(List<String> some, List<String> others) {
        return IntStream.range(0, ROWS)
                .filter(row -> some.get(row).strip().equals(others.get(row).strip()))
                .count();
    }

    private static List<String> answers(WorkerSubjects subjects, Candidate candidate, List<ChatRow> rows) {
        try (Subject subject = subjects.open(candidate)) {
            return subject.predict(List.copyOf(rows), OptionalInt.of(TOKENS), OptionalInt.empty()).stream()
                    .map(Prediction::answer)
                    .map(String::valueOf)
                    .toList();
        }
    }

    private static String python() throws Exception {
        Process env = new ProcessBuilder(ROOT.resolve(".ci/python-env").toString(), "llama-cpp")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String python = new String(env.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(env.waitFor()).isZero();
        return python;
    }

    private static List<ChatRow> rows() throws IOException {
        List<ChatRow> rows = new ArrayList<>();
        Path file = ROOT.resolve("examples/quickstart/data/tickets.jsonl");
        try (DatasetReader reader = DatasetReader.open(new SourceFile(file, "tickets.jsonl"), DatasetFormat.CHAT)) {
            int count = 0;
            for (Optional<Reading> next = reader.next(); next.isPresent() && rows.size() < ROWS; next = reader.next()) {
                if (next.get() instanceof ChatRow row && count++ % EVERY == 0) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }
}
