package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.ApiProblem;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads a request's body, without a thread that waits: neither too much of it nor too long. */
record BodyReader(ServeLimits limits) {
    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

    /**
     * Reads it, then does the work; what goes wrong is the client's answer.
     *
     * @param work runs on a thread of the server, which it may hold up
     */
    void then(Request request, Response response, Callback callback, Consumer<byte[]> work) {
        int most = limits.request().bytes();
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !JSON.matcher(type).matches()) {
            throw ApiProblem.refused(
                    415,
                    null,
                    "unsupported_media_type",
                    "the body must be JSON: send the header Content-Type: application/json");
        }
        if (request.getLength() > most) {
            throw tooLarge(most);
        }
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, most, Promise.Invocable.toPromise(body));
        var unused =
                body.orTimeout(limits.receive().toMillis(), TimeUnit.MILLISECONDS)
                        .whenCompleteAsync(
                                (bytes, problem) ->
                                        Guard.run(
                                                response,
                                                callback,
                                                problem == null ? null : explained(problem, most),
                                                () -> work.accept(bytes)),
                                request.getComponents().getExecutor());
    }

    private RuntimeException explained(Throwable problem, int most) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        if (cause instanceof TimeoutException) {
            return ApiProblem.refused(
                    408,
                    null,
                    "request_timeout",
                    "the body did not arrive within %d seconds"
                            .formatted(limits.receive().toSeconds()));
        }
        if (cause instanceof IllegalStateException) {
            return tooLarge(most);
        }
        return ApiProblem.refused(400, null, "unreadable_body", "the body could not be read");
    }

    private static ApiProblem tooLarge(int most) {
        return ApiProblem.refused(
                413, null, "body_too_large", "the body has more than %d bytes".formatted(most));
    }
}
