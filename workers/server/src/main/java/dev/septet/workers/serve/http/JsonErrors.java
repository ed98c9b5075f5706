package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.reply.Replies;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Writes errors that the HTTP server finds before Septet's code runs, in the same JSON form as all
 * problems.
 */
public final class JsonErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus() < 400 ? 500 : response.getStatus();
        String words = HttpStatus.getMessage(status);
        Replies.problem(
                response,
                callback,
                status >= 500
                        ? ApiProblem.failed(status, "unavailable", words)
                        : ApiProblem.refused(status, null, "bad_request", words));
        return true;
    }
}
