package dev.septet.workers.serve.reply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.workers.serve.openai.ApiProblem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Sends complete responses. */
public final class Replies {
    private static final String RETRY_SECONDS = "2";

    private Replies() {}

    /** Sends a JSON body. */
    public static void json(Response response, Callback callback, int status, JsonNode body) {
        send(response, callback, status, "application/json", text(body));
    }

    /** Sends a problem, with the headers that its status requires. */
    public static void problem(Response response, Callback callback, ApiProblem problem) {
        if ((problem.status() == 429 || problem.status() == 503)
                && !response.getHeaders().contains(HttpHeader.RETRY_AFTER)) {
            Duration wait = problem.retryAfter();
            response.getHeaders()
                    .put(
                            HttpHeader.RETRY_AFTER,
                            wait == null ? RETRY_SECONDS : Long.toString(Math.max(1, wait.toSeconds())));
        }
        if (problem.status() == 401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        json(response, callback, problem.status(), problem.json());
    }

    /**
     * Sends a text, which caches must not store.
     *
     * @param type media type; null = no text
     */
    public static void send(Response response, Callback callback, int status, @Nullable String type, String body) {
        Runnable sends = () -> sendNow(response, callback, status, type, body);
        if (status >= 400) {
            new RefusedBody(response, sends).read();
        } else {
            sends.run();
        }
    }

    private static void sendNow(Response response, Callback callback, int status, @Nullable String type, String body) {
        response.setStatus(status);
        if (type != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        }
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }

    static String text(JsonNode body) {
        try {
            return StrictJson.MAPPER.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers can be written", e);
        }
    }
}
