package dev.septet.workers.serve.http;

import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.Shape;
import dev.septet.workers.serve.reply.Replies;

import org.eclipse.jetty.server.Handler;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

/** All paths of the server. */
public final class Endpoints {
    private Endpoints() {}

    /**
     * What answers every request.
     *
     * @param loopback whether only this machine can connect
     * @param timer for time limits; ended by its owner
     */
    public static Handler handler(
            Models models,
            ServeLimits limits,
            ApiKeys keys,
            AuditBook audit,
            boolean loopback,
            ScheduledExecutorService timer,
            Clock clock) {
        Admission admission = new Admission(limits);
        ModelsEndpoint list = new ModelsEndpoint(models, audit, clock.instant().getEpochSecond());
        Map<String, Endpoint> all = new HashMap<>();
        all.put(
                "POST /v1/chat/completions",
                new GenerationEndpoint(Shape.CHAT, models, limits, admission, audit, timer, clock));
        all.put(
                "POST /v1/completions",
                new GenerationEndpoint(Shape.TEXT, models, limits, admission, audit, timer, clock));
        all.put("POST /v1/feedback", new FeedbackEndpoint(audit, limits));
        all.put("GET " + ModelsEndpoint.PATH, list);
        all.put("GET " + ModelsEndpoint.PATH + "/", list);
        all.put("GET /", PageEndpoint.of("chat.html", "text/html"));
        all.put("GET /chat.css", PageEndpoint.of("chat.css", "text/css"));
        all.put("GET /chat.js", PageEndpoint.of("chat.js", "text/javascript"));
        all.put(
                "GET /health",
                (request, response, callback) ->
                        Replies.send(response, callback, 200, "text/plain", "ok\n"));
        return new Front(
                new Router(all),
                keys,
                loopback,
                new RateLimit(limits.perMinute(), System::nanoTime));
    }
}
