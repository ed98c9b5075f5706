package dev.septet.workers.deployment;

import com.google.protobuf.ByteString;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.TaskQueues;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.deployment.v1.WorkerDeploymentInfo;
import io.temporal.api.deployment.v1.WorkerDeploymentInfo.WorkerDeploymentVersionSummary;
import io.temporal.api.deployment.v1.WorkerDeploymentVersion;
import io.temporal.api.deployment.v1.WorkerDeploymentVersionInfo;
import io.temporal.api.deployment.v1.WorkerDeploymentVersionInfo.VersionTaskQueueInfo;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.enums.v1.WorkerDeploymentVersionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentVersionRequest;
import io.temporal.api.workflowservice.v1.ListWorkerDeploymentsRequest;
import io.temporal.api.workflowservice.v1.ListWorkerDeploymentsResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.SetWorkerDeploymentCurrentVersionRequest;
import io.temporal.api.workflowservice.v1.SetWorkerDeploymentRampingVersionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The worker deployments of a server that poll Septet's task queues. */
public record Deployments(Connection connection) {
    private static final String IDENTITY = "septet workers";
    private static final int PAGE = 100;

    /** Runs of a version that are named; all are counted. */
    private static final int NAMED = 5;

    /**
     * All deployments with a version that polls Septet's queues, by name; none on a server without deployments.
     *
     * @throws StatusRuntimeException when the server does not answer, or refuses
     */
    public List<DeploymentState> all() {
        List<DeploymentState> all = new ArrayList<>();
        for (String name : names()) {
            state(name).ifPresent(all::add);
        }
        return all;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        ByteString next = ByteString.EMPTY;
        try {
            do {
                ListWorkerDeploymentsResponse page = connection
                        .stubs()
                        .blockingStub()
                        .listWorkerDeployments(ListWorkerDeploymentsRequest.newBuilder()
                                .setNamespace(namespace())
                                .setPageSize(PAGE)
                                .setNextPageToken(next)
                                .build());
                page.getWorkerDeploymentsList().forEach(each -> names.add(each.getName()));
                next = page.getNextPageToken();
            } while (!next.isEmpty());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return List.of();
            }
            throw e;
        }
        names.sort(null);
        return names;
    }

    private Optional<DeploymentState> state(String name) {
        WorkerDeploymentInfo info;
        try {
            info = connection
                    .stubs()
                    .blockingStub()
                    .describeWorkerDeployment(DescribeWorkerDeploymentRequest.newBuilder()
                            .setNamespace(namespace())
                            .setDeploymentName(name)
                            .build())
                    .getWorkerDeploymentInfo();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty(); // deleted meanwhile
            }
            throw e;
        }
        List<VersionState> versions = new ArrayList<>();
        boolean ours = false;
        for (WorkerDeploymentVersionSummary summary : info.getVersionSummariesList()) {
            WorkerDeploymentVersion version = summary.getDeploymentVersion();
            Set<String> queues = queues(version);
            ours |= queues.contains(TaskQueues.LIGHT) || queues.contains(TaskQueues.TRAINING);
            versions.add(state(info, summary, version, queues));
        }
        return ours ? Optional.of(new DeploymentState(name, versions)) : Optional.empty();
    }

    private VersionState state(
            WorkerDeploymentInfo deployment,
            WorkerDeploymentVersionSummary summary,
            WorkerDeploymentVersion version,
            Set<String> queues) {
        Map<String, Integer> workers = new TreeMap<>();
        for (String queue : queues) {
            workers.put(
                    queue,
                    VersionPollers.now(connection, queue, version, Pollers.SILENT)
                            .size());
        }
        boolean ramps = summary.getStatus() == WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING;
        String query = query(version);
        Long pinned = count(query);
        return new VersionState(
                version.getDeploymentName(),
                version.getBuildId(),
                word(summary.getStatus()),
                ramps ? (Double) (double) deployment.getRoutingConfig().getRampingVersionPercentage() : null,
                workers,
                pinned,
                pinned == null || pinned == 0 ? List.of() : ids(query, NAMED));
    }

    /** The task queues that workers of the version have ever polled. */
    Set<String> queues(WorkerDeploymentVersion version) {
        try {
            WorkerDeploymentVersionInfo info = connection
                    .stubs()
                    .blockingStub()
                    .describeWorkerDeploymentVersion(DescribeWorkerDeploymentVersionRequest.newBuilder()
                            .setNamespace(namespace())
                            .setDeploymentVersion(version)
                            .build())
                    .getWorkerDeploymentVersionInfo();
            return Set.copyOf(info.getTaskQueueInfosList().stream()
                    .map(VersionTaskQueueInfo::getName)
                    .toList());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Set.of();
            }
            throw e;
        }
    }

    private static String word(WorkerDeploymentVersionStatus status) {
        return switch (status) {
            case WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT -> VersionState.CURRENT;
            case WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING -> "ramping";
            case WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING -> "draining";
            case WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED -> "drained";
            default -> "inactive";
        };
    }

    private static String query(WorkerDeploymentVersion version) {
        return query(new WorkerVersion(version.getDeploymentName(), version.getBuildId()));
    }

    /** The query for open runs that are pinned to a version. */
    public static String query(WorkerVersion version) {
        return "WorkflowType = 'Pipeline' AND ExecutionStatus = 'Running' AND TemporalWorkflowVersioningBehavior = 'Pinned'"
                + " AND TemporalWorkerDeploymentVersion = '%s'"
                        .formatted(version.text().replace("'", ""));
    }

    private @Nullable Long count(String query) {
        try {
            return connection
                    .stubs()
                    .blockingStub()
                    .countWorkflowExecutions(CountWorkflowExecutionsRequest.newBuilder()
                            .setNamespace(namespace())
                            .setQuery(query)
                            .build())
                    .getCount();
        } catch (StatusRuntimeException e) {
            Status.Code code = e.getStatus().getCode();
            if (code == Status.Code.UNIMPLEMENTED || code == Status.Code.INVALID_ARGUMENT) {
                return null;
            }
            throw e;
        }
    }

    private List<String> ids(String query, int limit) {
        return connection
                .stubs()
                .blockingStub()
                .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(namespace())
                        .setPageSize(limit)
                        .setQuery(query)
                        .build())
                .getExecutionsList()
                .stream()
                .map(WorkflowExecutionInfo::getExecution)
                .map(execution -> execution.getWorkflowId())
                .toList();
    }

    /**
     * Makes a version the one on which new runs begin, and to which monitors move.
     *
     * @param version null = workers without a version
     * @param deployment the deployment's name
     * @param unpolled whether to accept task queues that no worker of the version polls
     * @throws StatusRuntimeException FAILED_PRECONDITION or NOT_FOUND with the server's reason
     */
    public void makeCurrent(String deployment, @Nullable WorkerVersion version, boolean unpolled) {
        var unused = connection
                .stubs()
                .blockingStub()
                .setWorkerDeploymentCurrentVersion(SetWorkerDeploymentCurrentVersionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setDeploymentName(deployment)
                        .setBuildId(version == null ? "" : version.buildId())
                        .setIgnoreMissingTaskQueues(unpolled)
                        .setAllowNoPollers(unpolled)
                        .setIdentity(IDENTITY)
                        .build());
    }

    /**
     * Lets a share of the new runs begin on a version, and of the monitors move to it.
     *
     * @param percent 0 = none
     * @throws StatusRuntimeException FAILED_PRECONDITION or NOT_FOUND with the server's reason
     */
    public void ramp(WorkerVersion version, double percent, boolean unpolled) {
        var unused = connection
                .stubs()
                .blockingStub()
                .setWorkerDeploymentRampingVersion(SetWorkerDeploymentRampingVersionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setDeploymentName(version.deployment())
                        .setBuildId(percent == 0 ? "" : version.buildId())
                        .setPercentage((float) percent)
                        .setIgnoreMissingTaskQueues(unpolled)
                        .setAllowNoPollers(unpolled)
                        .setIdentity(IDENTITY)
                        .build());
    }

    /** Whether any worker without a version polls the workflows' queue now. */
    public boolean unversionedWorkers() {
        return Pollers.of(connection, TaskQueues.LIGHT, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW).stream()
                .anyMatch(poller -> VersionPollers.version(poller) == null);
    }

    private String namespace() {
        return connection.server().namespace();
    }
}
