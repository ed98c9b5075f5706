package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An error that the client gets instead of an answer; the message tells what to do. */
public final class ApiProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final @Nullable Duration retryAfter;

    private ApiProblem(int status, String type, @Nullable String param, @Nullable String code, String message) {
        this(status, type, param, code, message, null);
    }

    private ApiProblem(
            int status,
            String type,
            @Nullable String param,
            @Nullable String code,
            String message,
            @Nullable Duration retryAfter) {
        // No stack trace: the problem is sent to the client, not to a log.
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** 400: a parameter's value cannot be used. */
    public static ApiProblem value(@Nullable String param, String message) {
        return refused(400, param, "invalid_value", message);
    }

    /** 400: this server does not support a parameter or its value. */
    public static ApiProblem unsupported(String param, String message) {
        return refused(400, param, "unsupported_value", message);
    }

    /** 4xx: the request is invalid. */
    public static ApiProblem refused(int status, @Nullable String param, String code, String message) {
        return new ApiProblem(status, "invalid_request_error", param, code, message);
    }

    /** 429: more requests than this server accepts at once. */
    public static ApiProblem busy(String message) {
        return new ApiProblem(429, "rate_limit_error", null, "queue_full", message);
    }

    /** 429: more requests than one caller may send. */
    public static ApiProblem tooOften(String message) {
        return new ApiProblem(429, "rate_limit_error", null, "rate_limit_exceeded", message);
    }

    /** 5xx: the server cannot answer a valid request. */
    public static ApiProblem failed(int status, String code, String message) {
        return new ApiProblem(status, "server_error", null, code, message);
    }

    /** The same problem, which the client may try again after this time. */
    public ApiProblem after(@Nullable Duration time) {
        return new ApiProblem(status, type, param, code, String.valueOf(getMessage()), time);
    }

    /** The time after which the client may try again; null where the server's standard holds. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Status of the HTTP response. */
    public int status() {
        return status;
    }

    /** The code by which programs distinguish problems. */
    public @Nullable String code() {
        return code;
    }

    /** The body {@code {"error": {"message", "type", "param", "code"}}}. */
    public ObjectNode json() {
        ObjectNode body = StrictJson.MAPPER.createObjectNode();
        body.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return body;
    }
}
