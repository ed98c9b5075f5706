package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.reply.Replies;

import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CompletionException;

/** Every problem of a request becomes the client's answer; none ends the server. */
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private Guard() {}

    /**
     * Runs the next part of a request.
     *
     * @param earlier what already failed; null when nothing did
     */
    static void run(
            Response response, Callback callback, @Nullable Throwable earlier, Runnable work) {
        Throwable problem = earlier;
        if (problem == null) {
            try {
                work.run();
                return;
            } catch (RuntimeException | StackOverflowError e) {
                problem = e;
            }
        }
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        if (cause instanceof ApiProblem known) {
            Replies.problem(response, callback, known);
            return;
        }
        LOG.error("a request failed", cause);
        Replies.problem(
                response,
                callback,
                ApiProblem.failed(500, "internal_error", "the server failed; its log says why"));
    }
}
