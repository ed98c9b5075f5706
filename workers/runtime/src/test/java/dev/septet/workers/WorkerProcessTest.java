package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which run folders a worker may remove. */
class WorkerProcessTest {
    private static final Map<String, WorkflowExecutionStatus> RUNS = Map.of(
            "RunId = 'open'", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
            "RunId = 'closed'", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED,
            "RunId = 'forgotten'", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED);

    /** A server that lists runs; it has no list for an unknown query. */
    private static final class Runs extends WorkflowServiceGrpc.WorkflowServiceImplBase {
        @Override
        public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
            answer.onNext(GetSystemInfoResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void listWorkflowExecutions(
                ListWorkflowExecutionsRequest request, StreamObserver<ListWorkflowExecutionsResponse> answer) {
            WorkflowExecutionStatus status = RUNS.get(request.getQuery());
            if (status == null) {
                answer.onError(Status.UNIMPLEMENTED.asRuntimeException());
                return;
            }
            ListWorkflowExecutionsResponse.Builder list = ListWorkflowExecutionsResponse.newBuilder();
            if (status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED) {
                list.addExecutions(WorkflowExecutionInfo.newBuilder().setStatus(status));
            }
            answer.onNext(list.build());
            answer.onCompleted();
        }
    }

    @Test
    void onlyARunThatTheServerKnowsAsOpenIsOpen() throws Exception {
        Server server = InProcessServerBuilder.forName("runs")
                .directExecutor()
                .addService(new Runs())
                .build()
                .start();
        ManagedChannel channel = InProcessChannelBuilder.forName("runs").build();
        try {
            WorkflowClient client = WorkflowClient.newInstance(WorkflowServiceStubs.newServiceStubs(
                    WorkflowServiceStubsOptions.newBuilder().setChannel(channel).build()));
            assertThat(WorkerProcess.isOpen(client, "open")).isTrue();
            assertThat(WorkerProcess.isOpen(client, "closed")).isFalse();
            assertThat(WorkerProcess.isOpen(client, "forgotten")).isFalse();
            assertThat(WorkerProcess.isOpen(client, "no list")).isTrue();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }
}
