package dev.septet.workers.serve.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What answers one path. */
@FunctionalInterface
interface HttpEndpoint {
    /**
     * Answers, now or later.
     *
     * @param callback completes the response
     * @throws dev.septet.workers.serve.openai.ApiProblem what the client is told instead
     */
    void answer(Request request, Response response, Callback callback);
}
