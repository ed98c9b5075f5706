package dev.septet.activities.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.track.TrackRequest;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What trackers get, read by their own programs: {@code EventAccumulator} of TensorBoard; a real {@code mlflow server} and
 * MLflow's client; the classes of OpenLineage's client; {@code wandb sync}. The interpreter is that of
 * {@code .ci/python-env trackers}, or {@code SEPTET_TRACKERS_PYTHON}. TensorBoard is in the environment {@code swift} too.
 */
@Tag("long")
class TrackerPeersTest {
    private static final String NAMED = "SEPTET_TRACKERS_PYTHON";
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path SCRIPT =
            Path.of("src/test/resources/dev/septet/activities/track/peers.py").toAbsolutePath();
    private static final long START_SECONDS = 300;

    @TempDir
    Path folder;

    @Test
    void tensorBoardReadsCurvesScoresAndSettings() throws IOException, InterruptedException {
        RunFixture run = new RunFixture(folder, "tensorboard('board')");
        run.moments().forEach(moment -> sent(run, moment));
        JsonNode read = peer(python("swift"), "tensorboard", sent(run, run.end()));

        assertThat(read.at("/scalars/train~1loss")).hasSize(RunFixture.STEPS);
        assertThat(read.at("/scalars/train~1loss/39/1").asInt()).isEqualTo(39);
        assertThat(read.at("/scalars/train~1loss/39/2").asDouble()).isEqualTo(0.05, offset(1e-7));
        assertThat(read.at("/scalars/train~1loss/39/0").asDouble())
                .as("the training ended 4 minutes after the run began")
                .isEqualTo(RunFixture.START / 1000.0 + 240);
        assertThat(read.at("/scalars/train~1validation_loss")).hasSize(2);
        assertThat(read.at("/scalars/eval~1exactMatch/0/2").asDouble()).isEqualTo(0.9, offset(1e-6));
        assertThat(read.at("/hparams/train.method.rank").asDouble()).isEqualTo(8);
        assertThat(read.at("/hparams/initialize.model").asText()).isEqualTo("models/base");
        assertThat(read.at("/status").asInt()).as("success").isEqualTo(1);
    }

    @Test
    @Tag("nightly")
    void theMlflowClientReadsARunOfARealServer() throws IOException, InterruptedException {
        RunFixture run = new RunFixture(folder, "mlflow('team', register: 'support-bot')");
        Process server = null;
        try {
            int port = port();
            server = mlflow(port);
            URI url = URI.create("http://127.0.0.1:" + port);
            try (Tracked worker = new Tracked(run, Tracked.operator(folder, "mlflow", url))) {
                for (TrackRequest moment : run.moments()) {
                    worker.send(moment);
                    worker.send(moment);
                }
                worker.send(run.end());
            }
            JsonNode read = peer(python(), "mlflow", url);
            assertThat(read.path("runs").asInt()).isEqualTo(1);
            assertThat(read.path("status").asText()).isEqualTo("FINISHED");
            assertThat(read.path("losses")).hasSize(RunFixture.STEPS);
            assertThat(read.at("/losses/39/1").asDouble()).isEqualTo(0.05);
            assertThat(read.at("/metrics/eval~1exactMatch").asDouble()).isEqualTo(0.9);
            assertThat(read.at("/params/train.method.rank").asText()).isEqualTo("8");
            assertThat(read.path("card").asText()).isEqualTo("# card");
            assertThat(read.path("versions")).hasSize(1);
            assertThat(read.at("/versions/0/septet.version").asText())
                    .isEqualTo(Objects.requireNonNull(run.end().results().deployment())
                            .artifact()
                            .sha256());
        } finally {
            if (server != null) {
                server.descendants().forEach(ProcessHandle::destroy);
                server.destroy();
                server.waitFor();
            }
        }
    }

    @Test
    @Tag("nightly")
    void theOpenLineageClientAcceptsEachEvent() throws IOException, InterruptedException {
        RunFixture run = new RunFixture(folder, "openlineage(folder: 'lineage')");
        JsonNode read = peer(python(), "openlineage", sent(run, run.end()));
        assertThat(read.path("events").asInt()).isEqualTo(14);
        assertThat(read.path("same").asBoolean())
                .as("the client writes the same JSON")
                .isTrue();
    }

    @Test
    @Tag("nightly")
    void wandbSyncUploadsAnOfflineRun() throws IOException, InterruptedException {
        RunFixture run = new RunFixture(folder, "wandb('wb')");
        JsonNode read = peer(python(), "wandb", sent(run, run.end()));
        assertThat(read.path("rc").asInt()).as(read.path("log").asText()).isZero();
        assertThat(read.path("history")).hasSize(RunFixture.STEPS);
        assertThat(read.at("/history/39/train~1loss").asDouble()).isEqualTo(0.05);
        assertThat(read.at("/summary/eval~1exactMatch").asDouble()).isEqualTo(0.9);
        assertThat(read.at("/config/train.method.rank/value").asDouble()).isEqualTo(8);
        assertThat(read.at("/config/septet.spec/value").asText())
                .as("digits, but no number")
                .isEqualTo("5".repeat(64));
        assertThat(read.at("/files/model-card.md").asText()).isEqualTo("# card");
        assertThat(read.path("project").asText()).isEqualTo("support");
    }

    private Process mlflow(int port) throws IOException, InterruptedException {
        Path home = Files.createDirectories(folder.resolve("server"));
        Process server = new ProcessBuilder(
                        python(),
                        "-m",
                        "mlflow",
                        "server",
                        "--host=127.0.0.1",
                        "--port=" + port,
                        "--workers=1",
                        "--backend-store-uri=sqlite:///" + home.resolve("mlflow.db"),
                        "--artifacts-destination=" + home.resolve("artifacts"))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers(port)) {
            assertThat(server.isAlive() && System.nanoTime() < end)
                    .as(Files.readString(home.resolve("log")))
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return server;
    }

    private static boolean answers(int port) {
        try {
            HttpURLConnection health = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
            return health.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int port() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static String python() throws IOException, InterruptedException {
        return python("trackers");
    }

    /** The interpreter of an environment, which is created if it is not there. */
    private static String python(String environment) throws IOException, InterruptedException {
        String named = System.getenv(NAMED);
        return named == null || named.isEmpty()
                ? output(ROOT.resolve(".ci/python-env").toString(), environment).strip()
                : named;
    }

    private static Path sent(RunFixture run, TrackRequest moment) {
        try (Tracked worker = new Tracked(run, Tracked.none())) {
            return Path.of(Objects.requireNonNull(worker.send(moment).where()));
        }
    }

    /** What a program read, as JSON. */
    private static JsonNode peer(String python, String program, Object what) throws IOException, InterruptedException {
        return SpecJson.mapper().readTree(output(python, SCRIPT.toString(), program, what.toString()));
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out;
    }
}
