package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real vLLM, whose program {@code SEPTET_VLLM} names, against the engine: losses, answers and adapters. It computes in
 * float32 on the processor.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIfEnvironmentVariable(named = "SEPTET_VLLM", matches = ".+")
class VllmProgramTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final int ROWS = 24;
    private static final int EVERY = 30;
    private static final long START_SECONDS = 300;
    private static final String OLD = "aaaaaaaaaaaa";
    private static final String NEW = "bbbbbbbbbbbb";

    @TempDir
    static Path shared;

    private static SmallChain first;
    private static SmallChain second;
    private static @Nullable Process program;
    private static URI address;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        first = VllmPlaceTest.chain(shared.resolve("first"), 2);
        second = VllmPlaceTest.chain(shared.resolve("second"), 4);
        address = launch("--enable-lora", "--max-lora-rank=8");
    }

    /** Starts a server in the place of the one before. */
    private static URI launch(String... more) throws IOException, InterruptedException {
        stop();
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        URI server = URI.create("http://127.0.0.1:" + port);
        List<String> words = new ArrayList<>(List.of(
                Objects.requireNonNull(System.getenv("SEPTET_VLLM")),
                "serve",
                first.base().toString(),
                "--served-model-name=base-model",
                "--dtype=float32",
                "--enforce-eager",
                "--generation-config=vllm",
                "--host=127.0.0.1",
                "--port=" + port));
        words.addAll(List.of(more));
        ProcessBuilder command = new ProcessBuilder(words);
        command.environment()
                .putAll(Map.of(
                        "VLLM_CPU_KVCACHE_SPACE", "1",
                        "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "True",
                        "VLLM_NO_USAGE_STATS", "1",
                        "HF_HUB_OFFLINE", "1"));
        Path log = shared.resolve("vllm.log");
        Process started =
                command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        program = started;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                ChainEndpoint.models(server, null);
                return server;
            } catch (IOException notYet) {
                if (!started.isAlive() || System.nanoTime() > end) {
                    throw new IOException("vLLM did not start: " + Files.readString(log), notYet);
                }
                var unused = started.waitFor(1, TimeUnit.SECONDS);
            }
        }
    }

    @AfterAll
    static void stop() {
        if (program != null) {
            program.descendants().forEach(ProcessHandle::destroyForcibly);
            program.destroyForcibly();
        }
    }

    /** Without LoRA: with it, vllm-cpu 0.32.0 ends when it scores several prompts in one batch. */
    @Test
    @Order(Integer.MAX_VALUE)
    void lossesAndAnswersAreTheEngines() throws IOException, InterruptedException {
        address = launch();
        List<Row> all = PreparedRows.read(prepared(), 0);
        List<Row> rows = new ArrayList<>();
        for (int at = 0; rows.size() < ROWS; at += EVERY) {
            rows.add(all.get(at));
        }
        Candidate engine = new Candidate("model", first.base(), "0".repeat(64), null, null, Precision.FLOAT32);
        WorkerSubjects subjects = new WorkerSubjects(ModelEndpoints.of(environment()));
        List<Prediction> expected = predict(subjects, engine, rows);
        List<Prediction> measured = predict(subjects, engine.by(new Candidate.Hosted("cluster", "base-model")), rows);
        for (int row = 0; row < ROWS; row++) {
            assertThat(measured.get(row).tokens()).isEqualTo(expected.get(row).tokens());
            assertThat(measured.get(row).loss()).isCloseTo(expected.get(row).loss(), within(1e-4));
            assertThat(measured.get(row).answer()).isEqualTo(expected.get(row).answer());
        }
    }

    @Test
    void loadsVerifiesMovesAndRollsBack() throws IOException {
        TargetPlace place = place();
        publish(place, OLD, first);
        place.point(OLD);
        assertThat(models()).containsExactlyInAnyOrder("base-model", "support", "support@" + OLD);
        publish(place, NEW, second);
        place.point(NEW);
        assertThat(models()).containsExactlyInAnyOrder("base-model", "support", "support@" + NEW);
        place.verify(NEW, second.root.resolve("answers"));
        assertThatThrownBy(() -> place.verify(NEW, first.root.resolve("answers")))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("log-probabilities");
        place.point(OLD);
        assertThat(models()).containsExactlyInAnyOrder("base-model", "support", "support@" + OLD);
        place.verify(OLD, first.root.resolve("answers"));
        place.unpoint(OLD);
        assertThat(models()).containsExactly("base-model");
    }

    @Test
    void saysThatTheServerDoesNotFindTheAdapter() throws IOException {
        VllmServer server = new VllmServer(ModelEndpoints.of(environment())
                .client(ModelEndpoints.of(environment()).endpoint("test", "cluster")));
        assertThatThrownBy(() -> server.load("away@1", "/models/away", false))
                .hasMessageContaining("the server does not find /models/away");
        assertThatThrownBy(() -> server.load("base-model", first.adapter().toString(), false))
                .hasMessageContaining("answers 400 InvalidUserInput to POST /load_lora_adapter");
        server.unload("away@1");
    }

    /** The quickstart's rows, as the stage `prepare` writes them. */
    private static Path prepared() throws IOException {
        StringBuilder lines = new StringBuilder();
        int number = 0;
        for (String line : Files.readAllLines(QUICKSTART.resolve("data/tickets.jsonl"))) {
            number++;
            if (number <= ROWS * EVERY && line.startsWith("{\"messages\"") && line.endsWith("]}")) {
                lines.append(line, 0, line.length() - 1)
                        .append(String.format(Locale.ROOT, ",\"source\":\"tickets.jsonl:%d\"}\n", number));
            }
        }
        return Files.writeString(shared.resolve("rows.jsonl"), lines);
    }

    private static List<Prediction> predict(WorkerSubjects subjects, Candidate candidate, List<Row> rows) {
        try (Subject subject = subjects.open(candidate)) {
            return subject.predict(rows, OptionalInt.of(32), OptionalInt.empty());
        }
    }

    private static List<String> models() throws IOException {
        return ChainEndpoint.models(address, null);
    }

    private static Map<String, String> environment() throws IOException {
        Path file = Files.writeString(
                shared.resolve("trainers.yaml"),
                "endpoints: {cluster: {url: '%s/v1', models: [base-model], logprobs: true, adapters: {%s: %s}}}\n"
                        .formatted(address, shared, shared));
        return Map.of("SEPTET_TRAINERS", file.toString());
    }

    private static TargetPlace place() throws IOException {
        return new TargetPlaces(new Disk(), environment())
                .open(new Target("vllm", shared.resolve("models").toString(), null, null, "cluster", "support"));
    }

    private static void publish(TargetPlace place, String version, SmallChain chain) throws IOException {
        VllmSpec spec = new VllmSpec("models", "cluster", "support");
        place.add(
                version,
                Targets.of(spec)
                        .files(
                                spec,
                                new Exported("small", chain.export()),
                                Files.createTempDirectory(shared, "scratch")));
        place.verify(version, chain.root.resolve("answers"));
    }
}
