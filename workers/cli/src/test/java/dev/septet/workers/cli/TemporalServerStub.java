package dev.septet.workers.cli;

import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerRef;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.History;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.ListSchedulesRequest;
import io.temporal.api.workflowservice.v1.ListSchedulesResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A Temporal server on a free port that tells about workflows, and starts none. It has no schedules. */
public final class TemporalServerStub implements AutoCloseable {
    private final Service service = new Service();
    private final Server server;

    private record Known(String type, WorkflowExecutionStatus status, History history) {}

    private static final class Service extends WorkflowServiceGrpc.WorkflowServiceImplBase {
        final Map<String, Known> workflows = new ConcurrentSkipListMap<>();
        final AtomicInteger histories = new AtomicInteger(Integer.MAX_VALUE);
        volatile Status refusal = Status.PERMISSION_DENIED;

        private static <T> void answer(StreamObserver<T> to, T answer) {
            to.onNext(answer);
            to.onCompleted();
        }

        private static WorkflowExecutionInfo info(String id, Known known) {
            return WorkflowExecutionInfo.newBuilder()
                    .setType(WorkflowType.newBuilder().setName(known.type()))
                    .setStatus(known.status())
                    .setExecution(
                            WorkflowExecution.newBuilder().setWorkflowId(id).setRunId("run of " + id))
                    .build();
        }

        @Override
        public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> to) {
            answer(to, GetSystemInfoResponse.getDefaultInstance());
        }

        @Override
        public void listWorkflowExecutions(
                ListWorkflowExecutionsRequest request, StreamObserver<ListWorkflowExecutionsResponse> to) {
            ListWorkflowExecutionsResponse.Builder open = ListWorkflowExecutionsResponse.newBuilder();
            workflows.forEach((id, known) -> {
                if (known.status() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
                    open.addExecutions(info(id, known));
                }
            });
            answer(to, open.build());
        }

        @Override
        public void describeWorkflowExecution(
                DescribeWorkflowExecutionRequest request, StreamObserver<DescribeWorkflowExecutionResponse> to) {
            String id = request.getExecution().getWorkflowId();
            Known known = workflows.get(id);
            if (known == null) {
                to.onError(Status.NOT_FOUND.asRuntimeException());
                return;
            }
            answer(
                    to,
                    DescribeWorkflowExecutionResponse.newBuilder()
                            .setWorkflowExecutionInfo(info(id, known))
                            .build());
        }

        @Override
        public void listSchedules(ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> to) {
            answer(to, ListSchedulesResponse.getDefaultInstance());
        }

        @Override
        public void getWorkflowExecutionHistory(
                GetWorkflowExecutionHistoryRequest request, StreamObserver<GetWorkflowExecutionHistoryResponse> to) {
            Known known = workflows.get(request.getExecution().getWorkflowId());
            if (histories.getAndDecrement() <= 0 || known == null) {
                to.onError(refusal.asRuntimeException());
                return;
            }
            answer(
                    to,
                    GetWorkflowExecutionHistoryResponse.newBuilder()
                            .setHistory(known.history())
                            .build());
        }
    }

    public TemporalServerStub() throws IOException {
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(service)
                .build()
                .start();
    }

    /** The server of an installation from now on. */
    public TemporalServerStub of(Captured septet) throws IOException {
        Files.createDirectories(septet.session().state().path());
        new ServerFile(septet.session().state().server()).write(reference());
        return this;
    }

    private ServerRef reference() {
        return new ServerRef("127.0.0.1:" + server.getPort(), ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null);
    }

    /** A connection; the caller closes it. */
    public Connection connection() throws IOException {
        return Connection.open(reference());
    }

    /** An open workflow. */
    public void open(String type, String id, History history) {
        service.workflows.put(id, new Known(type, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING, history));
    }

    /** A workflow of which only the type is known ends with a failure. */
    public void fails(String type, String id) {
        service.workflows.put(
                id,
                new Known(
                        type, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED, History.getDefaultInstance()));
    }

    /** Answers with a number of histories, and refuses further ones. */
    public void histories(int number, Status refusal) {
        service.histories.set(number);
        service.refusal = refusal;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
