package dev.septet.workers.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.TemporalServerStub;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.grpc.Status;
import io.temporal.api.common.v1.ActivityType;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells about keys, and what it does not tell: an unknown use is no permission to remove a key. */
class KeyUsesTest {
    private static final PipelineSpec SPEC = PipelineCompiler.compile(PipelineSource.of("desk.groovy", """
            pipeline('desk') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'models/base' }
                train { method lora() }
            }
            """), Map.of())
            .spec()
            .orElseThrow();

    @TempDir
    private Path folder = Path.of("");

    private Captured septet;
    private TemporalServerStub server;
    private Connection connection;
    private RunKey ring;
    private String key;

    @BeforeEach
    void serve() throws IOException {
        septet = new Captured(folder);
        server = new TemporalServerStub().of(septet);
        connection = server.connection();
        ring = RunKey.of(Map.of(), septet.session().state().path(), 0);
        key = ring.keys().get(0).id();
    }

    @AfterEach
    void stop() {
        connection.close();
        server.close();
    }

    /** A server that limits rates answers some requests; the ticket was then taken for one that does not exist. */
    @Test
    void aHistoryIsReadOnceAndARefusalIsNoAnswer() {
        server.open("Pipeline", "desk", resolving(ticketed()));
        server.histories(1, Status.PERMISSION_DENIED);
        assertThat(KeyUses.of(connection, ring).tickets()).containsEntry(key, List.of("desk"));

        assertThatThrownBy(() -> KeyUses.of(connection, ring)).hasMessageContaining("PERMISSION_DENIED");

        server.histories(0, Status.NOT_FOUND);
        assertThat(KeyUses.of(connection, ring).tickets())
                .as("a run that has ended and left")
                .isEmpty();
    }

    @Test
    void aTicketThatCannotBeReadIsNamed() {
        Payloads damaged = Payloads.newBuilder()
                .addPayloads(ticketed().getPayloads(0).toBuilder().setData(ByteString.copyFromUtf8("{\"run\": 7")))
                .build();
        server.open("Pipeline", "desk", resolving(damaged));
        server.open("Train", "desk/train", starting(damaged));

        KeyUses uses = KeyUses.of(connection, ring);

        assertThat(uses.unread()).containsExactly("desk", "desk/train");
        assertThat(uses.tickets()).isEmpty();
        assertThat(septet.run("keys", "ticket", "--remove-old")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("cannot be read: desk, desk/train; no key was removed");
    }

    /** An erasure reads each pipeline whose versions it removes, perhaps after a change of the key. */
    @Test
    void anErasureUsesTheKeysOfAllItsTickets() throws IOException {
        Payloads first = ticketed();
        ring.prepare();
        ring.activate(1000);
        String second = ring.keys().get(0).id();
        server.open("Forget", "desk/forget/0123456789ab", resolving(first, ticketed()));

        assertThat(KeyUses.of(connection, ring).tickets())
                .containsOnlyKeys(key, second)
                .containsEntry(key, List.of("desk/forget/0123456789ab"));
    }

    /** A child that is being cancelled works on after its run has ended. Workflows of others are not read. */
    @Test
    void aStageUsesTheKeyOfTheTicketThatItStartedWith() {
        Payloads request = SeptetDataConverter.create()
                .toPayloads(Map.of("run", admitted().run(), "step", 3))
                .orElseThrow();
        server.open("Train", "desk/train", starting(request));
        server.open("TrainCandidate", "desk/initialize/candidate-1", starting(request));
        server.open("Someone's own", "other", starting(request));

        KeyUses uses = KeyUses.of(connection, ring);

        assertThat(uses.tickets())
                .containsExactly(Map.entry(key, List.of("desk/initialize/candidate-1", "desk/train")));
        assertThat(uses.unread()).isEmpty();
    }

    @Test
    void anOldKeyStaysWhileAnErasureUsesIt() throws IOException {
        server.open("Forget", "desk/forget/0123456789ab", resolving(ticketed()));
        assertThat(septet.run("keys", "ticket", "--rotate")).isEqualTo(ExitCode.OK);
        String before = Files.readString(ring.file());

        assertThat(septet.run("keys", "ticket", "--remove-old")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .contains("the key %s stays; used by 1: desk/forget/0123456789ab. Wait for the end".formatted(key));
        assertThat(ring.file()).hasContent(before);

        server.fails("Forget", "desk/forget/0123456789ab");
        assertThat(septet.run("keys", "ticket", "--remove-old"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(ring.keys()).hasSize(1).noneMatch(left -> left.id().equals(key));
    }

    /** The line of a key of the store or of payloads is removed by hand, so the command says when nothing uses the key. */
    @Test
    void namesAKeyOfTheFilesThatNothingUses() throws IOException {
        septet.with(Setting.CODEC_KEYS.variable(), keyFile("sent").toString())
                .with(Setting.STORE_KEYS.variable(), keyFile("stored").toString());
        Payload encrypted = Payload.newBuilder()
                .putMetadata("encryption-key-id", ByteString.copyFromUtf8("sent-1"))
                .build();
        server.open(
                "Someone's own",
                "other",
                starting(Payloads.newBuilder().addPayloads(encrypted).build()));

        assertThat(septet.run("keys")).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .containsPattern("sent-2 +encrypts; no open run uses it")
                .containsPattern("sent-1 +used by 1: other")
                .doesNotContain("no open run or schedule uses it")
                .containsPattern("stored-2 +encrypts; nothing yet")
                .containsPattern("stored-1 +not known: this machine has no store");

        Files.createDirectories(septet.session().state().path().resolve("store"));
        server.fails("Someone's own", "other");
        assertThat(septet.run("keys")).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .containsPattern(
                        "sent-1 +no open run or schedule uses it\\. If it encrypted earlier, its line may be removed when")
                .containsPattern("stored-1 +nothing in the store and no audit log of this machine uses it");
    }

    private Path keyFile(String name) throws IOException {
        Path file = folder.resolve(name + ".keys");
        Files.writeString(file, "current: %1$s-2%n%1$s-2: %2$s%n%1$s-1: %2$s%n".formatted(name, "A".repeat(43) + "="));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void aServerThatRefusesKeepsTheOldKey() {
        server.open("Pipeline", "desk", resolving(ticketed()));
        assertThat(septet.run("keys", "ticket", "--rotate")).isEqualTo(ExitCode.OK);
        server.histories(0, Status.PERMISSION_DENIED);

        assertThat(septet.run("keys", "ticket", "--remove-old")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("the Temporal server refused");
        assertThat(ring.keys()).hasSize(2);
    }

    private ResolvedPipeline admitted() {
        return new Authority(ring, List.of())
                .admitted(new ResolvedPipeline(new RunRef("desk", "run-1", "/srv", "0dd"), SPEC));
    }

    /** The result of the activity that reads a pipeline file and gives a ticket. */
    private Payloads ticketed() {
        return SeptetDataConverter.create().toPayloads(admitted()).orElseThrow();
    }

    /** A workflow that has read one file after the other. */
    private static History resolving(Payloads... results) {
        History.Builder history = History.newBuilder();
        long event = 5;
        for (Payloads result : results) {
            history.addEvents(HistoryEvent.newBuilder()
                            .setEventId(event)
                            .setActivityTaskScheduledEventAttributes(ActivityTaskScheduledEventAttributes.newBuilder()
                                    .setActivityType(ActivityType.newBuilder().setName("Resolve"))))
                    .addEvents(HistoryEvent.newBuilder()
                            .setEventId(event + 2)
                            .setActivityTaskCompletedEventAttributes(ActivityTaskCompletedEventAttributes.newBuilder()
                                    .setScheduledEventId(event)
                                    .setResult(result)));
            event += 6;
        }
        return history.build();
    }

    /** A workflow that has its ticket from its input. */
    private static History starting(Payloads input) {
        return History.newBuilder()
                .addEvents(HistoryEvent.newBuilder()
                        .setEventId(1)
                        .setWorkflowExecutionStartedEventAttributes(WorkflowExecutionStartedEventAttributes.newBuilder()
                                .setInput(input)))
                .build();
    }
}
