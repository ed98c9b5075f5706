package dev.septet.workers.serve.http;

import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.reply.Replies;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts every problem of a request to an answer for the client, so that none ends the server.
 */
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private Guard() {}

    /** Runs the next part of a request. */
    static void run(Response response, Callback callback, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            fail(response, callback, e);
        }
    }

    /** Answers with a problem. */
    static void fail(Response response, Callback callback, Throwable problem) {
        Replies.problem(response, callback, of(problem));
    }

    /** The problem that the client gets. */
    static ApiProblem of(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        if (cause instanceof ApiProblem known) {
            return known;
        }
        if (cause instanceof OutOfMemoryError || OutOfMemory.recognized(cause) instanceof OutOfMemory) {
            LOG.error("a request ran out of memory: {}", cause.getMessage());
            return ApiProblem.failed(503, "out_of_memory", "there is no memory for this request now; try again soon");
        }
        LOG.error("a request failed", cause);
        return ApiProblem.failed(500, "internal_error", "the server failed; the reason is in its log");
    }
}
