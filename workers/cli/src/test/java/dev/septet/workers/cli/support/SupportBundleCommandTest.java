package dev.septet.workers.cli.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.RunningActivities;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.server.ServerFile;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet support-bundle} has the facts of a bug, and nothing that belongs to people. */
class SupportBundleCommandTest {
    /** In every source: {@code canary} is a word of Septet, the whole is not. */
    private static final String CANARY = "canary4711";

    /** Begins the input of a run whose failures are retried. */
    private static final String RETRIED = "retried";

    /** A secret that is a word of Septet's messages. */
    private static final String WORD = "checkpoint";

    @TempDir
    private Path folder = Path.of("");

    private Map<String, String> bundle(Captured septet, Object... arguments) throws IOException {
        Path file = folder.resolve("bundle.zip");
        Object[] all = new Object[arguments.length + 3];
        all[0] = "support-bundle";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--output";
        all[arguments.length + 2] = file;
        assertThat(septet.run(all)).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Map<String, String> parts = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(parts.toString() + septet.out() + septet.err()).doesNotContainIgnoringCase(CANARY);
        return parts;
    }

    private Captured septet() throws IOException {
        Files.writeString(folder.resolve("secrets"), "HOOK=" + CANARY + "\n");
        return new Captured(folder)
                .with("SEPTET_SECRET_HOOK", WORD)
                .with("SEPTET_API_KEYS", CANARY)
                .with("SEPTET_SECRETS", folder.resolve("secrets").toString())
                .with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=" + CANARY)
                .with("COMPANY_PASSWORD", CANARY)
                .with("AWS_ENDPOINT_URL", "https://user:" + CANARY + "@s3.example")
                .with("SEPTET_HEARTBEAT_SECONDS", "30");
    }

    @Test
    void hasFactsAndNoPrivateWordOfAnySource() throws Exception {
        Captured septet = septet();
        Path logs = Files.createDirectories(septet.session().state().logs());
        Files.writeString(logs.resolve("training.log"), """
            2026-11-29T18:34:18.680Z WARN  d.s.a.t.Training memory ran out in step 7; the row says %1$s, Erna Schmidt
            2026-11-29T18:34:18.681Z ERROR o.o.Other [pipeline=%1$s run=1 ] prompt: Write to erna@example.org, token=%1$s
            java.lang.IllegalStateException: cannot read "%1$s"
            	at dev.septet.activities.train.Training.step(Training.java:10)
            Caused by: java.io.IOException: No space left on device %1$s
            %1$s, a line of another program
            2026-11-29T18:34:19.680Z INFO  d.s.w.WorkerProcess the key is %2$s
            """.formatted(CANARY, WORD));
        Files.writeString(logs.resolve("training.out"), CANARY);
        Path processes = Files.createDirectories(septet.session().state().processes());
        Files.writeString(processes.resolve("training.running.json"), """
            [{"namespace":"default","workflowId":"%1$s/r/train","runId":"r","activityId":"1","type":"Train","attempt":3,"token":"%1$s"}]
            """.formatted(CANARY));
        Files.writeString(
                processes.resolve("training.crashes.json"), "{\"default %s/r/train r 1\":2}".formatted(CANARY));
        assertThat(RunningActivities.read(processes.resolve("training.running.json")))
                .hasSize(1);

        Map<String, String> parts = bundle(septet);

        assertThat(parts.keySet())
                .contains(
                        "manifest.json",
                        "version.json",
                        "settings.json",
                        "doctor.json",
                        "processes.json",
                        "sizes.json",
                        "logs/training.log");
        assertThat(parts.get("logs/training.log"))
                .contains(
                        "2026-11-29T18:34:18.680Z WARN d.s.a.t.Training memory ran out in step 7; the row",
                        "java.lang.IllegalStateException: cannot read",
                        "at dev.septet.activities.train.Training.step(Training.java:10)",
                        "Caused by: java.io.IOException: No space left",
                        "(1 other lines are left out)",
                        "the key is [SECRET]")
                .doesNotContainIgnoringCase("Erna")
                .doesNotContainIgnoringCase("Schmidt");
        assertThat(parts.get("processes.json")).contains("\"attempt\" : 3", "\"crashes\" : 2", "Train");
        JsonNode settings = SpecJson.mapper().readTree(parts.get("settings.json"));
        assertThat(settings.toString())
                .contains("{\"name\":\"SEPTET_HEARTBEAT_SECONDS\",\"set\":true,\"value\":\"30\"}")
                .contains("{\"name\":\"SEPTET_API_KEYS\",\"set\":true}")
                .contains("{\"name\":\"SEPTET_SECRET_<NAME>\",\"set\":true}")
                .contains("{\"name\":\"AWS_ENDPOINT_URL\",\"set\":true}")
                .contains("{\"name\":\"HF_TOKEN\",\"set\":false}");
        JsonNode manifest = SpecJson.mapper().readTree(parts.get("manifest.json"));
        assertThat(manifest.path("entries").path("doctor.json").path("bytes").asInt())
                .isPositive();
        assertThat(manifest.path("leftOut").path("payloads").asText()).contains("never read");
    }

    @Test
    void worksWithoutAServerAndWithADamagedStore() throws Exception {
        Captured septet = septet();
        Path content = Files.writeString(folder.resolve("content"), CANARY);
        var stored = septet.session().store().put(Map.of("file", content), new Fence("x", 1));
        Files.createDirectories(septet.session().state().processes());
        Files.writeString(septet.session().state().processes().resolve("x.crashes.json"), "{ " + CANARY);
        Path file = septet.session().state().store().resolve("artifacts/" + stored.sha256() + "/files/file");
        assertThat(file.toFile().setWritable(true)).isTrue();
        Files.writeString(file, "flipped");

        Map<String, String> parts = bundle(septet, "support-bot", "--json");

        JsonNode printed = SpecJson.mapper().readTree(septet.out());
        assertThat(printed.path("file").asText()).endsWith("bundle.zip");
        assertThat(printed.path("bytes").asLong()).isEqualTo(Files.size(folder.resolve("bundle.zip")));
        assertThat(printed.path("entries").has("version.json")).isTrue();
        JsonNode leftOut =
                SpecJson.mapper().readTree(parts.get("manifest.json")).path("leftOut");
        assertThat(leftOut.path("run").asText()).contains("no Temporal server");
        assertThat(leftOut.path("processes.json").asText()).contains("JsonParseException");
        assertThat(parts.get("doctor.json")).contains("\"level\" : \"FAIL\"");
    }

    @Test
    void refusesWhereItCannotWrite() throws Exception {
        Captured septet = septet();

        assertThat(septet.run("support-bundle", "--output", "/dev/full")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .contains(
                        "the archive /dev/full cannot be written: No space left on device",
                        "another disk with --output")
                .doesNotContain("at dev.septet");
        assertThat(septet.run("support-bundle", "--output", folder)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("support-bundle", "--output", folder.resolve("none/b.zip")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--output is a file in a folder that exists");
    }

    @WorkflowInterface
    public interface Pipeline {
        @WorkflowMethod
        String run(String input);

        @QueryMethod
        PipelineStatus status();
    }

    @ActivityInterface
    public interface Work {
        String train(String input);
    }

    public static final class PipelineImpl implements Pipeline {
        private final Work work = Workflow.newActivityStub(
                Work.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setRetryOptions(RetryOptions.newBuilder()
                                .setInitialInterval(Duration.ofMinutes(10))
                                .setMaximumInterval(Duration.ofMinutes(10))
                                .build())
                        .build());

        @Override
        public String run(String input) {
            return work.train(input);
        }

        @Override
        public PipelineStatus status() {
            StageStatus stage =
                    new StageStatus(Stage.TRAIN, StageStatus.State.FAILED, "the disk is full: " + CANARY, "");
            return new PipelineStatus("support-bot", "0199", "d", List.of(stage), null);
        }
    }

    public static final class WorkImpl implements Work {
        @Override
        public String train(String input) {
            if (input.startsWith(RETRIED)) {
                throw ApplicationFailure.newFailureWithCause(
                        "the store does not answer, the row says " + CANARY,
                        "StoreAway",
                        new IOException("Connection refused " + CANARY),
                        CANARY);
            }
            throw ApplicationFailure.newNonRetryableFailureWithCause(
                    "the disk is full, the row says " + CANARY,
                    "DiskFull",
                    new IOException("No space left on device " + CANARY),
                    CANARY);
        }
    }

    @Tag("long")
    @Test
    void saysWhyARunFailedWithoutItsPayloads() throws Exception {
        Captured septet = septet();
        Path state = Files.createDirectories(septet.session().state().path());
        try (RealServer server = RealServer.start(state)) {
            new ServerFile(septet.session().state().server())
                    .write(server.connection().server());
            WorkflowClient client = server.connection().client();
            WorkerFactory factory = WorkerFactory.newInstance(client);
            Worker worker = factory.newWorker("bundle");
            worker.registerWorkflowImplementationTypes(PipelineImpl.class);
            worker.registerActivitiesImplementations(new WorkImpl());
            factory.start();
            WorkflowStub stub = client.newUntypedWorkflowStub(
                    "Pipeline",
                    WorkflowOptions.newBuilder()
                            .setTaskQueue("bundle")
                            .setWorkflowId("support-bot")
                            .build());
            stub.start("prompt " + CANARY);
            assertThatThrownBy(() -> stub.getResult(String.class)).hasMessageContaining("support-bot");

            Map<String, String> parts = bundle(septet, "support-bot");
            Map<String, String> unknown = bundle(septet, "none");
            WorkflowStub retried = client.newUntypedWorkflowStub(
                    "Pipeline",
                    WorkflowOptions.newBuilder()
                            .setTaskQueue("bundle")
                            .setWorkflowId("retried-bot")
                            .build());
            retried.start(RETRIED + " " + CANARY);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> String.valueOf(bundle(septet, "retried-bot").get("run/history-pipeline.json"))
                            .contains("\"attempt\" : 2"));
            Map<String, String> trying = bundle(septet, "retried-bot");
            factory.shutdownNow();

            assertThat(parts.get("run/status.json")).contains("\"state\" : \"FAILED\"", "the disk is full");
            assertThat(parts.get("run/history-pipeline.json"))
                    .contains(
                            "\"workflow_execution_failed\" : 1",
                            "\"activity\" : \"Train\"",
                            "the disk is full, the row",
                            "\"type\" : \"DiskFull\"",
                            "No space left");
            JsonNode history = SpecJson.mapper().readTree(trying.get("run/history-pipeline.json"));
            assertThat(history.path("numbers").has("activity_task_failed")).isFalse();
            assertThat(history.path("pendingActivities")).hasSize(1);
            JsonNode pending = history.path("pendingActivities").get(0);
            assertThat(pending.path("activity").asText()).isEqualTo("Train");
            assertThat(pending.path("state").asText()).isEqualTo("scheduled");
            assertThat(pending.path("attempt").asInt()).isEqualTo(2);
            assertThat(pending.path("failure").get(0).path("type").asText()).isEqualTo("StoreAway");
            assertThat(pending.path("failure").get(0).path("message").asText())
                    .startsWith("the store does not answer, the row");
            assertThat(pending.path("failure").get(1).path("message").asText()).contains("Connection refused");
            assertThat(unknown.get("manifest.json")).contains("the server has no run of this id");
        }
    }
}
