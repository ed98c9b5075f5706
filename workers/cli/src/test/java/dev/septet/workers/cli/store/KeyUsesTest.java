package dev.septet.workers.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.common.v1.ActivityType;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.ListSchedulesRequest;
import io.temporal.api.workflowservice.v1.ListSchedulesResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells about keys, and what it does not tell: an unknown use is no permission to remove a key. */
class KeyUsesTest {
    @TempDir
    private Path folder = Path.of("");

    private final OneRun service = new OneRun();
    private Server server;
    private ManagedChannel channel;
    private Connection connection;
    private RunKey ring;

    /** A server with one open run, which answers with its history a number of times and then with a refusal. */
    private static final class OneRun extends WorkflowServiceGrpc.WorkflowServiceImplBase {
        final AtomicInteger answers = new AtomicInteger(Integer.MAX_VALUE);
        volatile Status refusal = Status.PERMISSION_DENIED;
        volatile History history = History.getDefaultInstance();

        @Override
        public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
            answer.onNext(GetSystemInfoResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void listWorkflowExecutions(
                ListWorkflowExecutionsRequest request, StreamObserver<ListWorkflowExecutionsResponse> answer) {
            answer.onNext(ListWorkflowExecutionsResponse.newBuilder()
                    .addExecutions(WorkflowExecutionInfo.newBuilder()
                            .setType(WorkflowType.newBuilder().setName("Pipeline"))
                            .setExecution(WorkflowExecution.newBuilder()
                                    .setWorkflowId("desk")
                                    .setRunId("run-1")))
                    .build());
            answer.onCompleted();
        }

        @Override
        public void listSchedules(ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> answer) {
            answer.onNext(ListSchedulesResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void getWorkflowExecutionHistory(
                GetWorkflowExecutionHistoryRequest request,
                StreamObserver<GetWorkflowExecutionHistoryResponse> answer) {
            if (answers.getAndDecrement() <= 0) {
                answer.onError(refusal.asRuntimeException());
                return;
            }
            answer.onNext(GetWorkflowExecutionHistoryResponse.newBuilder()
                    .setHistory(history)
                    .build());
            answer.onCompleted();
        }
    }

    @BeforeEach
    void serve() throws Exception {
        server = InProcessServerBuilder.forName(folder.toString())
                .directExecutor()
                .addService(service)
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(folder.toString()).build();
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setChannel(channel).build());
        connection = new Connection(
                new ServerRef("127.0.0.1:1", ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null),
                stubs,
                WorkflowClient.newInstance(
                        stubs,
                        WorkflowClientOptions.newBuilder()
                                .setDataConverter(SeptetDataConverter.create())
                                .build()));
        ring = RunKey.of(Map.of(), folder, 0);
        service.history = history(null);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    /** A server that limits rates answers some requests; the ticket was then taken for one that does not exist. */
    @Test
    void aHistoryIsReadOnceAndARefusalIsNoAnswer() {
        String key = ring.keys().get(0).id();
        service.answers.set(1);
        assertThat(KeyUses.of(connection, ring).tickets()).containsEntry(key, List.of("desk"));

        service.answers.set(0);
        assertThatThrownBy(() -> KeyUses.of(connection, ring)).hasMessageContaining("PERMISSION_DENIED");

        service.refusal = Status.NOT_FOUND;
        assertThat(KeyUses.of(connection, ring).tickets())
                .as("a run that has ended and left")
                .isEmpty();
    }

    @Test
    void aTicketThatCannotBeReadIsNamed() {
        service.history = history("{\"run\": 7");

        KeyUses uses = KeyUses.of(connection, ring);

        assertThat(uses.unread()).containsExactly("desk");
        assertThat(uses.tickets()).isEmpty();
    }

    /** A run that has read its file; null = with a ticket of the ring. */
    private History history(@Nullable String damaged) {
        PipelineSpec spec = PipelineCompiler.compile(PipelineSource.of("desk.groovy", """
            pipeline('desk') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'models/base' }
                train { method lora() }
            }
            """), Map.of())
                .spec()
                .orElseThrow();
        Object resolved = new Authority(ring, List.of())
                .admitted(new ResolvedPipeline(new RunRef("desk", "run-1", "/srv", "0dd"), spec));
        Payloads payloads = SeptetDataConverter.create().toPayloads(resolved).orElseThrow();
        if (damaged != null) {
            payloads = Payloads.newBuilder()
                    .addPayloads(payloads.getPayloads(0).toBuilder().setData(ByteString.copyFromUtf8(damaged)))
                    .build();
        }
        return History.newBuilder()
                .addEvents(HistoryEvent.newBuilder()
                        .setEventId(5)
                        .setActivityTaskScheduledEventAttributes(ActivityTaskScheduledEventAttributes.newBuilder()
                                .setActivityType(ActivityType.newBuilder().setName("Resolve"))))
                .addEvents(HistoryEvent.newBuilder()
                        .setEventId(7)
                        .setActivityTaskCompletedEventAttributes(ActivityTaskCompletedEventAttributes.newBuilder()
                                .setScheduledEventId(5)
                                .setResult(payloads)))
                .build();
    }
}
