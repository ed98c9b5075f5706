package dev.septet.workers.serve.http;

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
        } catch (RuntimeException | StackOverflowError e) {
            fail(response, callback, e);
        } catch (OutOfMemoryError e) {
            fail(response, callback, noMemory());
        }
    }

    /** Answers with a problem. */
    static void fail(Response response, Callback callback, Throwable problem) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        if (cause instanceof ApiProblem known) {
            Replies.problem(response, callback, known);
            return;
        }
        LOG.error("a request failed", cause);
        Replies.problem(
                response,
                callback,
                ApiProblem.failed(500, "internal_error", "the server failed; the reason is in its log"));
    }

    private static ApiProblem noMemory() {
        LOG.error("a request ran out of memory");
        return ApiProblem.failed(503, "out_of_memory", "there is no memory for this request now; try again soon");
    }
}
