package dev.septet.workers.serve.http;

import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.Shape;

import org.eclipse.jetty.server.Handler;

import java.time.Clock;
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
        ModelsEndpoint list = new ModelsEndpoint(models, clock.instant().getEpochSecond());
        Router router =
                new Router(
                        Map.of(
                                "POST /v1/chat/completions",
                                new GenerationEndpoint(
                                        Shape.CHAT, models, limits, admission, audit, timer, clock),
                                "POST /v1/completions",
                                new GenerationEndpoint(
                                        Shape.TEXT, models, limits, admission, audit, timer, clock),
                                "POST /v1/feedback",
                                new FeedbackEndpoint(audit, limits),
                                "GET " + ModelsEndpoint.PATH,
                                list,
                                "GET " + ModelsEndpoint.PATH + "/",
                                list,
                                "GET /health",
                                (request, response, callback) ->
                                        Replies.send(
                                                response, callback, 200, "text/plain", "ok\n")));
        return new Front(router, keys, loopback);
    }
}
