package dev.septet.workers.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ArtifactRef;
import io.temporal.client.WorkflowOptions;
import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet gc} and {@code septet verify --store}. */
class GcCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void deletesNothingWithoutTheServer() throws IOException {
        Captured septet = new Captured(folder);
        assertThat(septet.run("gc")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("there is no store in");
        ArtifactRef old = put(septet, "old", Duration.ofDays(40));

        assertThat(septet.run("gc", "--yes")).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err())
                .contains("Nothing was deleted, because only the server knows what open runs need", "--no-server");
        assertThat(septet.session().store().holds(old)).isTrue();
    }

    @Test
    void saysWhatItDeletesAndAsks() throws IOException {
        Captured septet = new Captured(folder);
        ArtifactRef old = put(septet, "old", Duration.ofDays(40));
        ArtifactRef recent = put(septet, "recent", Duration.ofDays(20));

        assertThat(septet.run("gc", "--no-server", "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("Would delete", "5 versions, 30 days", "1  other artifacts");
        assertThat(septet.run("gc", "--no-server")).isEqualTo(ExitCode.OK);
        assertThat(septet.err()).contains("Nothing was deleted: there is no terminal to ask at");
        assertThat(septet.session().store().holds(old)).isTrue();

        assertThat(septet.run("gc", "--no-server", "--yes", "--json")).isEqualTo(ExitCode.OK);
        assertThat(SpecJson.mapper().readTree(septet.out()).path("deleted").asBoolean())
                .isTrue();
        assertThat(SpecJson.mapper()
                        .readTree(septet.out())
                        .at("/report/removed/ARTIFACT/number")
                        .asInt())
                .isEqualTo(1);
        assertThat(septet.session().store().holds(old)).isFalse();
        assertThat(septet.session().store().holds(recent)).isTrue();
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        assertThat(septet.run("gc", "--no-server", "--yes", "--older", "10d", "--today", today))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.session().store().holds(recent)).isFalse();
    }

    @Test
    void deletesOldLinesOfTheAuditLogOfAModelThatIsNotServedAnyMore() throws IOException {
        Instant written = Instant.parse("2026-03-01T12:00:00Z");
        Captured septet = new Captured(folder).at(written.plus(Duration.ofDays(100)));
        try (AuditWriter writer = septet.session().auditLogs().writer("retired", AuditSettings.DEFAULT)) {
            writer.append(new AnswerEvent(
                    "a1",
                    written,
                    new ServedBy("retired", "retired", "v1", Arm.CHAMPION),
                    AuditedQuestion.of(List.of(new AuditedTurn("user", "question 1"))),
                    Reply.of("answer 1", "stop", 12, 5, 40)));
        }
        put(septet, "recent", Duration.ofDays(1));
        Path log = septet.session().auditLogs().folder("retired");
        String today =
                LocalDate.ofInstant(written, ZoneOffset.UTC).plusDays(100).toString();

        assertThat(septet.run("gc", "--no-server", "--yes", "--today", today)).isEqualTo(ExitCode.OK);
        assertThat(texts(log)).as("no retention is set").contains("question 1");
        septet.with("SEPTET_AUDIT_DAYS", "90");
        assertThat(septet.run("gc", "--no-server", "--dry-run", "--today", today))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.err()).contains("The audit log of retired would lose its lines that are older than 90 days.");
        assertThat(texts(log)).contains("question 1");
        assertThat(septet.run("gc", "--no-server", "--today", today)).isEqualTo(ExitCode.OK);
        assertThat(septet.err()).contains("The audit log of retired lost its lines that are older than 90 days.");
        assertThat(texts(log)).doesNotContain("question 1");
        assertThat(septet.session().auditLogs().verifier("retired").verify().whole())
                .isTrue();
    }

    private static String texts(Path log) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void aClockThatIsAYearAheadDeletesNothing() throws IOException {
        Instant now = Instant.now();
        Captured septet = new Captured(folder).at(now.plus(Duration.ofDays(365)));
        ArtifactRef recent = put(septet, "recent", Duration.ofHours(1));
        String today = LocalDate.ofInstant(now, ZoneOffset.UTC).toString();
        String here = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(365).toString();

        assertThat(septet.run("gc", "--no-server", "--yes")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .contains(
                        "everything is old by this machine's clock, which shows " + here + "; nothing was deleted",
                        "If the clock is right, add --today " + here);
        assertThat(septet.run("gc", "--no-server", "--yes", "--today", today)).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("shows " + here + ", and --today says " + today);
        assertThat(septet.run("gc", "--today", today)).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.session().store().holds(recent)).isTrue();
    }

    /** A server in memory shows no polls, as a server does to restricted credentials when no worker runs. */
    @Test
    void aServerWithoutAClockVouchesForNoClock() throws IOException {
        Captured septet = new Captured(folder).at(Instant.now().plus(Duration.ofDays(60)));
        ArtifactRef recent = put(septet, "recent", Duration.ofHours(1));
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Files.createDirectories(septet.session().state().path());
        new ServerFile(septet.session().state().server())
                .write(new ServerRef("127.0.0.1:" + port, ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null));
        try (var memory = TestServer.createPortBoundServer(port, true)) {
            assertThat(memory).isNotNull();

            assertThat(septet.run("gc", "--yes")).as(septet.err()).isEqualTo(ExitCode.USAGE);

            String here = LocalDate.now(ZoneOffset.UTC).plusDays(60).toString();
            assertThat(septet.err())
                    .contains("the Temporal server does not show its clock, and nothing in the store was used since")
                    .contains("nothing was deleted. If the clock is right, add --today " + here);
            assertThat(septet.run("gc", "--yes", "--today", here)).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err()).contains("has no list of runs");
            assertThat(septet.session().store().holds(recent)).isTrue();
        }
    }

    @Test
    void refusesAWrongPolicy() throws IOException {
        Captured septet = new Captured(folder);
        var unused = put(septet, "old", Duration.ofDays(40));

        assertThat(septet.run("gc", "--no-server", "--older", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("an age is like 30d or 12h, got 'soon'");
        assertThat(septet.run("gc", "--no-server", "--older", "1h")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("the age must be at least 2 hours");
        assertThat(septet.run("gc", "--no-server", "--keep", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("the number of versions must be from 1 to");
        assertThat(septet.with("SEPTET_KEEP", "all").run("gc", "--no-server")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("SEPTET_KEEP");
    }

    @Test
    void namesFlippedBitsAndWhatRefersToThem() throws IOException {
        Captured septet = new Captured(folder);
        ArtifactRef whole = put(septet, "whole", Duration.ZERO);
        ArtifactRef damaged = put(septet, "damaged", Duration.ZERO);
        String result = """
            {"runId":"run-7","key":{"stage":"train","parts":[]},"result":{"artifact":%s}}\
            """.formatted(SpecJson.mapper().writeValueAsString(damaged));
        String name = "results/train/" + new StageKey("train", List.of()).digest();
        septet.session().store().putRecord(name, result, new Fence("x", 1));
        assertThat(septet.run("verify", "--store")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("2 artifacts", "1 records were read; 0 are damaged");

        Path file = septet.session().state().store().resolve("artifacts/" + damaged.sha256() + "/files/file");
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1;
        assertThat(file.toFile().setWritable(true)).isTrue();
        Files.write(file, bytes);

        assertThat(septet.run("verify", "--store")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.out())
                .contains(
                        damaged.sha256(),
                        "changed; its sha256 is not",
                        "used by the result of `train` in run run-7",
                        "->")
                .doesNotContain(whole.sha256());
        assertThat(septet.run("verify", "--store", "bot")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("verify")).isEqualTo(ExitCode.USAGE);
    }

    @Tag("long")
    @Test
    void asksTheServerWhatIsOpen() throws IOException {
        Captured septet = new Captured(folder);
        Path state = Files.createDirectories(septet.session().state().path());
        try (RealServer server = RealServer.start(state)) {
            new ServerFile(septet.session().state().server())
                    .write(server.connection().server());
            ArtifactRef old = put(septet, "old", Duration.ofDays(40));
            ArtifactRef needed = put(septet, "needed", Duration.ofDays(40));
            ArtifactRef followed = put(septet, "followed", Duration.ofDays(40));
            start(server, "Monitor", "bot/monitor", monitoring(needed));
            server.connection()
                    .client()
                    .newUntypedWorkflowStub("bot/monitor")
                    .signal("follow", SpecJson.mapper().readTree(monitoring(followed)));
            start(server, "Someone's own", "other", "{}");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> new OpenWorkflows(server.connection())
                            .find()
                            .artifacts()
                            .containsAll(List.of(needed.sha256(), followed.sha256())));

            Captured ahead = new Captured(folder).at(Instant.now().plus(Duration.ofDays(366)));
            assertThat(ahead.run("gc", "--yes")).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(ahead.err())
                    .contains(
                            "this machine's clock is 36",
                            "ahead of that of the Temporal server",
                            "nothing was deleted");
            assertThat(septet.session().store().holds(old)).isTrue();

            assertThat(septet.run("gc", "--yes")).as(septet.err()).isEqualTo(ExitCode.OK);
            assertThat(septet.session().store().holds(old)).isFalse();
            assertThat(septet.session().store().holds(needed)).isTrue();
            assertThat(septet.session().store().holds(followed)).isTrue();

            start(server, "Forget", "bot/forget/1", "{}");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(septet.run("gc", "--yes")).isEqualTo(ExitCode.RUN_FAILED);
                assertThat(septet.err()).contains("the erasure bot/forget/1 is open");
            });
        }
    }

    private static String monitoring(ArtifactRef dataset) {
        return """
            {"run":{"pipeline":"bot","runId":"r","folder":"/p","specDigest":"d"},
            "dataset":{"artifact":{"uri":"%s","sha256":"%s","sizeBytes":1}}}\
            """.formatted(dataset.uri(), dataset.sha256());
    }

    private static void start(RealServer server, String type, String id, String input) throws IOException {
        var unused = server.connection()
                .client()
                .newUntypedWorkflowStub(
                        type,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .setWorkflowId(id)
                                .build())
                .start(SpecJson.mapper().readTree(input));
    }

    private ArtifactRef put(Captured septet, String content, Duration age) throws IOException {
        LocalStore store = (LocalStore) septet.session().store();
        Path file = Files.writeString(folder.resolve(content), content);
        ArtifactRef ref = store.put(Map.of("file", file), new Fence("x", 1));
        try (Stream<Path> all = Files.walk(store.root().resolve("artifacts").resolve(ref.sha256()))) {
            for (Path path : List.copyOf(all.toList())) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(age)));
            }
        }
        return ref;
    }
}
