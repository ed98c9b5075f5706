package dev.septet.workers.serve.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers the requests of one path. */
@FunctionalInterface
interface HttpEndpoint {
    /**
     * Answers a request, now or later.
     *
     * @param callback completes the response
     * @throws dev.septet.workers.serve.openai.ApiProblem the problem that the client gets as its
     *     answer
     */
    void answer(Request request, Response response, Callback callback);
}
