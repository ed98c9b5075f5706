package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program with its own encryption, its own types and its own logging embeds Septet: a run that
 * began before it encrypted goes on, and of a later one nothing can be read in the server.
 */
@Tag("long")
class EncryptedHostIT {
    private static final String PLAIN_SECRET = "plain-secret-4711";
    private static final String SECRET = "kept-secret-0815";
    private static final String LOG = "desk.txt";
    private static final String PIPELINE = """
        def label = param('label', 'none')
        pipeline('NAME') {
            description label
            prepare {
                dataset 'data/SECRET.jsonl', format: chat
                split train: 92.percent, validation: 3.percent, test: 5.percent
                maxTokens 256
            }
            initialize { model 'base-model' }
            train { method lora { rank 4 }; steps 4; batch size: 4 }
            evaluate { metric loss; limit 8; samples 0 }
            deploy { target directory('models/NAME') }
        }
        """;

    @TempDir
    Path folder;

    @Test
    void aHostKeepsItsEncryptionItsTypesAndItsLog() throws Exception {
        pipeline("before", PLAIN_SECRET);
        pipeline("after", SECRET);
        compile();
        try (OwnServer server = OwnServer.start(folder)) {
            Map<String, String> environment =
                    Map.of("TEMPORAL_ADDRESS", server.server().address());
            ServerDatabase database = new ServerDatabase(folder.resolve("temporal.db"));
            Process plain = serve(environment, "plain", "LIGHT");
            try {
                desk(environment, "plain", "start", "before", PLAIN_SECRET);
                awaitSetup(server.server().address(), "before");
            } finally {
                end(plain);
            }
            assertThat(database.holds(PLAIN_SECRET)).isTrue();

            Process encrypted = serve(environment, "aes", "ALL");
            try {
                assertThat(desk(environment, "aes", "result", "before"))
                        .contains("307217 characters", PLAIN_SECRET)
                        .containsPattern("model [0-9a-f]{64}");
                desk(environment, "aes", "start", "after", SECRET);
                assertThat(desk(environment, "aes", "result", "after"))
                        .contains("2026-11-27T18:00:00Z is closed", SECRET)
                        .containsPattern("model [0-9a-f]{64}");
            } catch (AssertionError failed) {
                throw new AssertionError("the desk said: " + Files.readString(folder.resolve(LOG)), failed);
            } finally {
                end(encrypted);
            }
            assertThat(database.holds(SECRET))
                    .as("what is secret, in the server")
                    .isFalse();
        }
        assertThat(folder.resolve(LOG))
                .content()
                .contains("[main] INFO shop.Desk - the desk is open")
                .doesNotContain("logback", "SLF4J(W)");
        assertThat(folder.resolve("state/processes")).doesNotExist();
    }

    private void pipeline(String name, String secret) throws IOException {
        Workspace workspace = Workspace.in(folder.resolve("pipelines"), name, 60, PIPELINE.replace("SECRET", secret));
        Files.move(
                workspace.folder().resolve("data/tickets.jsonl"),
                workspace.folder().resolve("data/" + secret + ".jsonl"));
    }

    /** Until the run has no worker for what comes next. */
    private static void awaitSetup(String address, String pipeline) {
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
        try {
            PipelineWorkflow run = WorkflowClient.newInstance(
                            stubs,
                            WorkflowClientOptions.newBuilder()
                                    .setDataConverter(SeptetDataConverter.create())
                                    .build())
                    .newWorkflowStub(PipelineWorkflow.class, pipeline);
            await("a run in flight")
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> run.status().stages().stream().anyMatch(EncryptedHostIT::inSetup));
        } finally {
            stubs.shutdownNow();
        }
    }

    private static boolean inSetup(StageStatus stage) {
        return stage.stage() == Stage.SETUP && stage.state() == StageStatus.State.RUNNING;
    }

    private void compile() throws IOException, InterruptedException {
        Shell.Said said = Shell.run(
                folder,
                Map.of(),
                "javac",
                "-proc:none",
                "-d",
                folder.resolve("classes").toString(),
                "-cp",
                classPath(),
                Path.of("src/test/resources/host/EncryptedDesk.java")
                        .toAbsolutePath()
                        .toString());
        assertThat(said.status()).as(said.all()).isZero();
    }

    private Process serve(Map<String, String> environment, String codec, String role) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(java(
                        codec,
                        "serve",
                        role,
                        folder.resolve("state").toString(),
                        folder.resolve("pipelines").toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(LOG).toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String desk(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        Shell.Said said = Shell.run(folder, environment, java(words), 240);
        assertThat(said.status()).as(said.all()).isZero();
        return said.out();
    }

    private List<String> java(String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("java", "-cp", folder.resolve("classes") + ":" + classPath()));
        command.add("EncryptedDesk");
        command.addAll(List.of(words));
        return command;
    }

    /** As a build tool makes it for a program that depends on Septet and on slf4j-simple. */
    private static String classPath() throws IOException {
        Path target = Workspace.CHECKOUT.resolve("workers/runtime/target");
        return jar(target, "septet-workers")
                + ":"
                + jar(Path.of("target/host-logging").toAbsolutePath(), "slf4j-simple")
                + ":"
                + Files.readString(target.resolve("host.classpath"));
    }

    private static String jar(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString)
                    .filter(file -> file.matches(".*/" + name + "-[^/]*(?<!-tests)\\.jar"))
                    .collect(Collectors.joining(":"));
        }
    }

    private static void end(Process process) {
        process.destroy();
        process.onExit().join();
    }
}
