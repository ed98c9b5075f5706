package dev.septet.workers.serve.http;

import dev.septet.workers.serve.admission.Admission;
import dev.septet.workers.serve.admission.EngineQueues;
import dev.septet.workers.serve.admission.FairQueue;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.ResponseShape;
import dev.septet.workers.serve.reply.Replies;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Handler;

/** The paths of the server and their endpoints. */
public final class HttpEndpoints {
    /**
     * Number of threads that parse request bodies. Tokenizing needs about a hundred times the
     * memory of the text, so this number is small.
     */
    public static final int READERS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    private HttpEndpoints() {}

    /**
     * The handler of all requests.
     *
     * @param timer for time limits; ended by its owner
     * @param readers {@link #READERS} threads that parse bodies; ended by their owner
     */
    public static Handler handler(
            Models models,
            ServeLimits limits,
            AccessRules access,
            AuditBook audit,
            ScheduledExecutorService timer,
            Executor readers,
            Clock clock) {
        BooleanSupplier shared = () -> access.keys().keys().several();
        Admission admission = new Admission(limits.bytes(), limits.running() + limits.queued(), shared);
        BodyReader bodies = new BodyReader(limits, admission, new FairQueue(READERS, shared), readers);
        EngineQueues queues = new EngineQueues(limits.running(), shared);
        ModelsEndpoint list = new ModelsEndpoint(models, audit, clock.instant().getEpochSecond());
        Map<String, HttpEndpoint> all = new HashMap<>();
        all.put(
                "POST /v1/chat/completions",
                new GenerationEndpoint(ResponseShape.CHAT, models, limits, bodies, queues, audit, timer, clock));
        all.put(
                "POST /v1/completions",
                new GenerationEndpoint(ResponseShape.TEXT, models, limits, bodies, queues, audit, timer, clock));
        all.put("POST /v1/feedback", new FeedbackEndpoint(audit, bodies));
        all.put("GET " + ModelsEndpoint.PATH, list);
        all.put("GET " + ModelsEndpoint.PATH + "/", list);
        all.put("GET /", PageEndpoint.of("chat.html", "text/html"));
        all.put("GET /chat.css", PageEndpoint.of("chat.css", "text/css"));
        all.put("GET /chat.js", PageEndpoint.of("chat.js", "text/javascript"));
        all.put("GET /health", (request, response, callback) -> {
            boolean works = models.guarded();
            Replies.send(
                    response,
                    callback,
                    works ? 200 : 503,
                    "text/plain",
                    works ? "ok\n" : "a guard gives no verdicts; the reason is in the server's log\n");
        });
        return new AccessFilter(new Router(all), access, limits.perMinute(), clock);
    }
}
