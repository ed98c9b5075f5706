package dev.septet.workers.serve.http;

import dev.septet.workers.serve.admission.Admission;
import dev.septet.workers.serve.admission.Admission.Admitted;
import dev.septet.workers.serve.admission.FairQueue;
import dev.septet.workers.serve.openai.ApiProblem;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/**
 * Reads a request's body asynchronously, within limits of size and time. It reserves memory and
 * places before it reads the first byte. The work on the body then waits for its tenant's turn.
 *
 * @param turns fair queue for the threads that parse bodies
 * @param threads threads that parse bodies, as many as the queue has slots
 */
record BodyReader(ServeLimits limits, Admission admission, FairQueue turns, Executor threads) {
    private static final Pattern JSON = Pattern.compile("application/json\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

    /**
     * Reads the body, then does the work. A problem becomes the client's answer.
     *
     * @param places smallest number of answers to reserve for the request
     * @param work runs on one of the threads; closes the admission unless it throws
     */
    void read(Request request, Response response, Callback callback, int places, BiConsumer<byte[], Admitted> work) {
        int max = limits.request().bytes();
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !JSON.matcher(type).matches()) {
            throw ApiProblem.refused(
                    415,
                    null,
                    "unsupported_media_type",
                    "the body must be JSON: send the header Content-Type: application/json");
        }
        if (request.getLength() > max) {
            throw tooLarge(max);
        }
        long expected = request.getLength() >= 0 ? request.getLength() : max;
        Admitted admitted = admission.enter(AccessFilter.caller(request).tenant(), expected, places);
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, max, Promise.Invocable.toPromise(body));
        var unused = body.orTimeout(limits.receive().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((bytes, problem) -> {
                    if (problem == null) {
                        turn(bytes, admitted, response, callback, work);
                        return;
                    }
                    admitted.close();
                    request.getComponents()
                            .getExecutor()
                            .execute(() -> Guard.fail(response, callback, explained(problem, max)));
                });
    }

    private void turn(
            byte[] body, Admitted admitted, Response response, Callback callback, BiConsumer<byte[], Admitted> work) {
        admitted.bytes(body.length);
        String tenant = admitted.tenant();
        Runnable read = () -> {
            try {
                Guard.run(response, callback, () -> {
                    try {
                        work.accept(body, admitted);
                    } catch (RuntimeException | Error e) {
                        admitted.close();
                        throw e;
                    }
                });
            } finally {
                turns.ended(tenant, 0);
            }
        };
        var unused = turns.add(tenant, body.length, () -> {
            try {
                threads.execute(read);
            } catch (RejectedExecutionException ending) {
                admitted.close();
                turns.ended(tenant, 0);
                Guard.fail(response, callback, ApiProblem.failed(503, "shutting_down", "the server is stopping"));
            }
        });
    }

    private RuntimeException explained(Throwable problem, int max) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        if (cause instanceof TimeoutException) {
            return ApiProblem.refused(
                    408,
                    null,
                    "request_timeout",
                    String.format(
                            Locale.ROOT,
                            "the body did not arrive within %d seconds",
                            limits.receive().toSeconds()));
        }
        if (cause instanceof IllegalStateException) {
            return tooLarge(max);
        }
        return ApiProblem.refused(400, null, "unreadable_body", "the body could not be read");
    }

    private static ApiProblem tooLarge(int max) {
        return ApiProblem.refused(
                413, null, "body_too_large", String.format(Locale.ROOT, "the body has more than %d bytes", max));
    }
}
