package dev.septet.workers.cli.workers;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.version.WorkerVersion;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;

/** Explains what a server answers about deployments. */
final class ServerRefusals {
    private ServerRefusals() {}

    /**
     * The answer.
     *
     * @throws CliProblem with the server's reason
     */
    static <T> T explained(Supplier<T> request) {
        try {
            return request.get();
        } catch (StatusRuntimeException e) {
            throw explained(e);
        }
    }

    /** The problem for a refusal; another failure as it is. */
    static RuntimeException explained(StatusRuntimeException e) {
        String reason = e.getStatus().getDescription();
        return switch (e.getStatus().getCode()) {
            case UNIMPLEMENTED ->
                new CliProblem(
                        ExitCode.RUN_FAILED,
                        "the server has no worker deployments. They need a Temporal server from 1.29 on, such as the one that `septet dev` starts");
            case NOT_FOUND -> new CliProblem(ExitCode.NOT_FOUND, "the server does not know it: " + reason);
            case FAILED_PRECONDITION, INVALID_ARGUMENT, PERMISSION_DENIED ->
                new CliProblem(ExitCode.RUN_FAILED, "the server refused: " + reason);
            default -> e;
        };
    }

    /** Whether the server does not know a name. */
    static boolean unknown(StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.NOT_FOUND;
    }

    /**
     * A version that a user named.
     *
     * @throws CliProblem USAGE when a name is invalid
     */
    static WorkerVersion version(String deployment, String build) {
        try {
            return WorkerVersion.checked(deployment, build);
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }
}
