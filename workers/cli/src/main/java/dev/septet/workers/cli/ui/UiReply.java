package dev.septet.workers.cli.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.ui.view.UiPage;
import dev.septet.workers.serve.reply.Replies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Sends answers: pages for browsers, JSON for programs. */
final class UiReply {
    private static final Map<String, StaticFile> FILES = Map.of(
            "/ui.css", StaticFile.of("ui.css", "text/css"),
            "/ui.js", StaticFile.of("ui.js", "text/javascript"));

    private UiReply() {}

    private record StaticFile(String type, String text) {
        static StaticFile of(String name, String type) {
            try (InputStream in = UiReply.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException(name + " is missing from this build");
                }
                return new StaticFile(type + ";charset=utf-8", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether the path is of a file without any fact. */
    static boolean isFile(String path) {
        return FILES.containsKey(path);
    }

    static boolean file(Response response, Callback callback, String path) {
        StaticFile file = FILES.get(path);
        if (file == null) {
            throw new IllegalArgumentException(path);
        }
        return send(response, callback, 200, file.type(), file.text());
    }

    /** Whether a program asks, which gets JSON. */
    static boolean wantsJson(Request request) {
        String format = Request.extractQueryParameters(request).getValue("format");
        String accept = request.getHeaders().get(HttpHeader.ACCEPT);
        return "json".equals(format)
                || (format == null
                        && accept != null
                        && accept.contains("application/json")
                        && !accept.contains("text/html"));
    }

    /** Sends a page, or its content as JSON. */
    static boolean page(Request request, Response response, Callback callback, String template, UiPage<?> page) {
        return wantsJson(request)
                ? json(response, callback, 200, page.json())
                : html(response, callback, 200, PageTemplate.html("ui/" + template, "page", page));
    }

    /** Refuses a request. */
    static boolean refuse(Request request, Response response, Callback callback, int status, String reason) {
        return wantsJson(request)
                ? json(response, callback, status, Map.of("problem", reason))
                : html(
                        response,
                        callback,
                        status,
                        PageTemplate.html("ui/gate.jte", "gate", new UiGate(status, reason, false, null)));
    }

    /** Refuses a request whose address cannot be read, not even for the format that it asks for. */
    static boolean damaged(Response response, Callback callback) {
        UiGate gate = new UiGate(400, "the query of this address is not encoded as an address is", false, null);
        return html(response, callback, gate.status(), PageTemplate.html("ui/gate.jte", "gate", gate));
    }

    /** Asks for a key, or for a sign-in at the identity provider. */
    static boolean signIn(Request request, Response response, Callback callback, UiGate gate) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"septet ui\"");
        return (wantsJson(request) || request.getHeaders().contains(HttpHeader.AUTHORIZATION))
                ? json(
                        response,
                        callback,
                        401,
                        Map.of(
                                "problem",
                                gate.problem().isEmpty()
                                        ? "a key is needed: send the header Authorization: Bearer KEY"
                                        : gate.problem()))
                : html(response, callback, gate.status(), PageTemplate.html("ui/gate.jte", "gate", gate));
    }

    /** Shows a page between two others. */
    static boolean step(Response response, Callback callback, UiStep step) {
        // The next request does not tell where it comes from: the address may have a code.
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        return html(response, callback, 200, PageTemplate.html("ui/step.jte", "step", step));
    }

    static boolean json(Response response, Callback callback, int status, Object value) {
        try {
            return send(
                    response,
                    callback,
                    status,
                    "application/json",
                    SpecJson.mapper().writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean html(Response response, Callback callback, int status, String html) {
        return send(response, callback, status, "text/html;charset=utf-8", html);
    }

    /** Leads a browser to a page of this server, or to the identity provider. */
    static boolean redirect(Response response, Callback callback, String path) {
        response.getHeaders().put(HttpHeader.LOCATION, path);
        return send(response, callback, 303, null, "");
    }

    private static boolean send(Response response, Callback callback, int status, @Nullable String type, String text) {
        Replies.send(response, callback, status, type, text);
        return true;
    }
}
