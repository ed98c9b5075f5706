package dev.septet.workers.cli;

import dev.septet.activities.backup.BackupProblem;
import dev.septet.activities.encryption.KeyProblem;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.StorageFailure;
import dev.septet.workers.codec.CodecProblem;
import dev.septet.workers.log.ProcessLog;
import dev.septet.workers.observe.ListenProblem;
import dev.septet.workers.server.ServerProblem;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints every exception as a sentence. Its stack trace goes only to the log file. */
record PlainProblems(Session session) implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PlainProblems.class);

    @Override
    public int handleExecutionException(Exception problem, CommandLine line, ParseResult parsed) {
        if (problem instanceof CliProblem known) {
            print(known.getMessage());
            return known.exitCode();
        }
        if (problem instanceof ExtensionProblem jar) {
            print(jar.getMessage());
            return ExitCode.RUN_FAILED;
        }
        LOG.error("{} failed", line.getCommandName(), problem);
        if (problem instanceof ServerProblem) {
            print(problem.getMessage());
            return ExitCode.SERVER_UNREACHABLE;
        }
        for (Throwable at = problem; at != null; at = at.getCause()) {
            if (at instanceof ListenProblem) {
                print(at.getMessage());
                return ExitCode.PORT_TAKEN;
            }
            if (at instanceof BackupProblem
                    || at instanceof KeyProblem
                    || at instanceof MissingKeyException
                    || at instanceof CodecProblem) {
                print(at.getMessage());
                return ExitCode.RUN_FAILED;
            }
            if (at instanceof StatusRuntimeException grpc) {
                return server(grpc.getStatus());
            }
            Optional<String> storage = StorageFailure.message(at);
            if (storage.isPresent()) {
                print(storage.get());
                return ExitCode.RUN_FAILED;
            }
        }
        Throwable cause = problem instanceof UncheckedIOException wrapped ? wrapped.getCause() : problem;
        print("unexpected error: " + cause + ". Details are in " + log());
        return ExitCode.RUN_FAILED;
    }

    private int server(Status status) {
        boolean unreachable =
                status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
        boolean denied =
                status.getCode() == Status.Code.PERMISSION_DENIED || status.getCode() == Status.Code.UNAUTHENTICATED;
        if (denied) {
            print(
                    "the Temporal server refused: %s. Check what the API key or the client certificate of this profile may do in its namespace."
                            .formatted(status.getDescription()));
            return ExitCode.RUN_FAILED;
        }
        if (!unreachable) {
            print("the Temporal server refused: %s %s. Details are in %s"
                    .formatted(status.getCode(), status.getDescription(), log()));
            return ExitCode.RUN_FAILED;
        }
        print("the Temporal server does not answer. Check TEMPORAL_ADDRESS, or start a server" + " with `septet dev`.");
        return ExitCode.SERVER_UNREACHABLE;
    }

    private void print(@org.jspecify.annotations.Nullable String message) {
        session.terminal().note("septet: " + message);
    }

    private String log() {
        return System.getProperty(ProcessLog.FILE, "the log file");
    }
}
