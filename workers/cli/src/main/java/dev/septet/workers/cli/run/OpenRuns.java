package dev.septet.workers.cli.run;

import com.google.protobuf.ByteString;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.Connection;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import java.util.ArrayList;
import java.util.List;

/** Lists pipeline runs with the server's visibility API. */
public final class OpenRuns {
    /** The query for runs of every pipeline. */
    public static final String ALL = "WorkflowType = 'Pipeline'";

    private static final int MAX = 50;
    private static final int PAGE = 200;

    private OpenRuns() {}

    /** Ids of the open runs; none when the server does not support lists. */
    static List<String> ids(Connection connection) {
        try {
            return list(connection, ALL + " AND ExecutionStatus = 'Running'").stream()
                    .map(run -> run.getExecution().getWorkflowId())
                    .toList();
        } catch (StatusRuntimeException noList) {
            return List.of();
        }
    }

    /**
     * Runs, newest first.
     *
     * @param query a Temporal visibility query
     * @throws CliProblem RUN_FAILED when the server does not support lists, or not this query
     */
    public static List<RunRow> find(Connection connection, String query, int max) {
        String address = connection.server().address();
        try {
            List<RunRow> rows = new ArrayList<>();
            ByteString next = ByteString.EMPTY;
            do {
                ListWorkflowExecutionsResponse page = page(connection, query, Math.min(PAGE, max - rows.size()), next);
                page.getExecutionsList().forEach(info -> rows.add(RunRow.of(info)));
                next = page.getNextPageToken();
            } while (!next.isEmpty() && rows.size() < max);
            return rows;
        } catch (StatusRuntimeException e) {
            throw switch (e.getStatus().getCode()) {
                case UNIMPLEMENTED ->
                    new CliProblem(
                            ExitCode.RUN_FAILED,
                            "the server %s has no list of runs: it is the Java SDK's in-memory server. Install the Temporal CLI (https://docs.temporal.io/cli) and start `septet dev` again."
                                    .formatted(address));
                case INVALID_ARGUMENT ->
                    new CliProblem(
                            ExitCode.RUN_FAILED,
                            "the server %s cannot search for these runs: %s. `septet doctor --fix` registers Septet's search attributes."
                                    .formatted(address, e.getStatus().getDescription()));
                default -> e;
            };
        }
    }

    private static List<WorkflowExecutionInfo> list(Connection connection, String query) {
        return page(connection, query, MAX, ByteString.EMPTY).getExecutionsList();
    }

    private static ListWorkflowExecutionsResponse page(
            Connection connection, String query, int size, ByteString token) {
        return connection
                .stubs()
                .blockingStub()
                .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setPageSize(size)
                        .setNextPageToken(token)
                        .setQuery(query)
                        .build());
    }
}
