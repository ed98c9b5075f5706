package dev.septet.workers.cli.ui.view;

import dev.septet.activities.report.ReportSettings;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to the Temporal server, which may be away, or come back at another address. */
public final class ServerLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLink.class);
    private static final int LONGEST = 400;
    private static final long CHECK_NANOS = 2_000_000_000L;

    private final Session session;
    private final ExecutorService calls;
    private @Nullable Connection connection;
    private long checked;

    /**
     * @param calls threads of the calls that have a time limit
     */
    ServerLink(Session session, ExecutorService calls) {
        this.session = session;
        this.calls = calls;
    }

    /**
     * The connection to the server that is configured or that runs on this machine now.
     *
     * @throws CliProblem SERVER_UNREACHABLE when there is none
     */
    public synchronized Connection open() throws IOException {
        Connection known = connection;
        if (known != null && System.nanoTime() - checked < CHECK_NANOS) {
            return known;
        }
        Optional<ServerRef> found = session.servers().find();
        if (found.isEmpty()) {
            throw new CliProblem(
                    ExitCode.SERVER_UNREACHABLE,
                    "no Temporal server runs on this machine, and none is configured. `septet dev` starts one.");
        }
        checked = System.nanoTime();
        if (known != null && known.server().equals(found.get())) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        Connection opened = Connection.open(found.get());
        connection = opened;
        return opened;
    }

    /** A workflow's page in the Web UI of the server, or in the one that the operator names; null without one. */
    @Nullable
    String page(Connection to, String workflowId, String runId) {
        String page = to.server().page(workflowId, runId);
        return page != null
                ? page
                : ReportSettings.of(session.environment())
                        .link(to.server().namespace(), workflowId, runId)
                        .orElse(null);
    }

    /** Calls something that may need a worker or the server's answer; null when it fails or takes longer than the limit. */
    <T> @Nullable T within(int millis, Callable<T> call) {
        return within(calls.submit(call), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Begins a call whose result {@link #within(Future, long)} takes. */
    <T> Future<T> begin(Callable<T> call) {
        return calls.submit(call);
    }

    /** The result of a call; null when it failed, or is not there at this time of {@link System#nanoTime}. */
    static <T> @Nullable T within(Future<T> call, long deadline) {
        try {
            return call.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException absent) {
            call.cancel(true);
            LOG.debug("a part of a page is absent", absent);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** A failure in words for people, on one line, without a full stop at its end. */
    public static String words(Throwable failed) {
        if (failed instanceof CliProblem known) {
            return String.valueOf(known.getMessage()).replaceFirst("\\.$", "");
        }
        if (failed instanceof StatusRuntimeException status) {
            Status.Code code = status.getStatus().getCode();
            if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
                return "the Temporal server does not answer";
            }
        }
        String line = PublicText.line(String.valueOf(failed.getMessage()));
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    @Override
    public synchronized void close() {
        Connection open = connection;
        if (open != null) {
            open.close();
            connection = null;
        }
    }
}
