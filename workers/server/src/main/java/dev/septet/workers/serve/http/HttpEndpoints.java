package dev.septet.workers.serve.http;

import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ProcessMetric;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.serve.Observed;
import dev.septet.workers.serve.admission.Admission;
import dev.septet.workers.serve.admission.EngineQueues;
import dev.septet.workers.serve.admission.FairQueue;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.ResponseShape;
import dev.septet.workers.serve.reply.Replies;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
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
     * @param observed how the server is observed
     */
    public static Handler handler(
            Models models,
            ServeLimits limits,
            AccessRules access,
            AuditBook audit,
            ScheduledExecutorService timer,
            Executor readers,
            Clock clock,
            Observed observed) {
        Instruments instruments = observed.instruments();
        BooleanSupplier shared = () -> access.keys().keys().several();
        Admission admission = new Admission(limits.bytes(), limits.running() + limits.queued(), shared);
        BodyReader bodies = new BodyReader(limits, admission, new FairQueue(READERS, shared), readers);
        EngineQueues queues = new EngineQueues(limits.running(), shared);
        instruments.read(ProcessMetric.ANSWERS_ADMITTED, admission::answersInProgress);
        instruments.read(ProcessMetric.ANSWERS_LIMIT, () -> limits.running() + limits.queued());
        instruments.read(ProcessMetric.ANSWERS_WAITING, queues::waiting);
        instruments.read(ProcessMetric.REQUEST_MEMORY, admission::bytesInUse);
        instruments.read(ProcessMetric.REQUEST_MEMORY_LIMIT, limits::bytes);
        instruments.read(ProcessMetric.MODELS, () -> models.names().size());
        RequestMeter meter = new RequestMeter(instruments, observed.answers());
        ModelsEndpoint list = new ModelsEndpoint(models, audit, clock.instant().getEpochSecond());
        Map<String, HttpEndpoint> all = new HashMap<>();
        all.put(
                "POST /v1/chat/completions",
                new GenerationEndpoint(ResponseShape.CHAT, models, limits, bodies, queues, audit, timer, clock, meter));
        all.put(
                "POST /v1/completions",
                new GenerationEndpoint(ResponseShape.TEXT, models, limits, bodies, queues, audit, timer, clock, meter));
        all.put("POST /v1/feedback", new FeedbackEndpoint(audit, bodies));
        all.put("GET " + ModelsEndpoint.PATH, list);
        all.put("GET " + ModelsEndpoint.PATH + "/", list);
        all.put("GET /", PageEndpoint.of("chat.html", "text/html"));
        all.put("GET /chat.css", PageEndpoint.of("chat.css", "text/css"));
        all.put("GET /chat.js", PageEndpoint.of("chat.js", "text/javascript"));
        all.put("GET /health", (request, response, callback) -> {
            // What a restart may help against, as on the port of the metrics. A guard without verdicts is no such case.
            String problem = observed.answers().problem();
            Replies.send(
                    response,
                    callback,
                    problem == null ? 200 : 503,
                    "text/plain",
                    problem == null ? "ok\n" : problem + "\n");
        });
        all.put("GET /ready", (request, response, callback) -> {
            List<ReadinessChecks.Part> parts = observed.readiness().parts();
            boolean ready = parts.stream().allMatch(ReadinessChecks.Part::ready);
            Replies.json(response, callback, ready ? 200 : 503, ReadinessChecks.json(parts));
        });
        return meter.around(new AccessFilter(new Router(all), access, limits.perMinute(), clock));
    }
}
