package dev.septet.workers.serve.http;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.ServedBy;
import dev.septet.llm.generate.constraint.CallableFunction;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.tool.ToolCallParser;
import dev.septet.workers.serve.admission.Admission.Admitted;
import dev.septet.workers.serve.admission.EngineQueues;
import dev.septet.workers.serve.admission.FairQueue;
import dev.septet.workers.serve.admission.QueuedAnswer;
import dev.septet.workers.serve.audit.AnswerEvents;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.guard.RequestGuard;
import dev.septet.workers.serve.keys.Caller;
import dev.septet.workers.serve.model.Lease;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletionRequest;
import dev.septet.workers.serve.openai.RequestReader;
import dev.septet.workers.serve.openai.ResponseHeader;
import dev.septet.workers.serve.openai.ResponseShape;
import dev.septet.workers.serve.openai.ToolUse;
import dev.septet.workers.serve.reply.DisconnectWatcher;
import dev.septet.workers.serve.reply.ReplyExchange;
import dev.septet.workers.serve.reply.StreamReply;
import dev.septet.workers.serve.reply.WholeReply;
import dev.septet.workers.serve.trace.GenerationSpan;
import dev.septet.workers.serve.trace.TracedReply;
import io.opentelemetry.context.Scope;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** {@code /v1/chat/completions} and {@code /v1/completions}. */
final class GenerationEndpoint implements HttpEndpoint {
    private final ResponseShape shape;
    private final Models models;
    private final ServeLimits limits;
    private final BodyReader bodies;
    private final EngineQueues queues;
    private final AuditBook audit;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final RequestMeter meter;

    GenerationEndpoint(
            ResponseShape shape,
            Models models,
            ServeLimits limits,
            BodyReader bodies,
            EngineQueues queues,
            AuditBook audit,
            ScheduledExecutorService timer,
            Clock clock,
            RequestMeter meter) {
        this.shape = shape;
        this.models = models;
        this.limits = limits;
        this.bodies = bodies;
        this.queues = queues;
        this.audit = audit;
        this.timer = timer;
        this.clock = clock;
        this.meter = meter;
    }

    @Override
    public void answer(Request request, Response response, Callback callback) {
        GenerationSpan span = GenerationSpan.begin(request, shape);
        Callback ending = span.ending(response, callback);
        // A problem is answered here, so that the span ends with the response.
        Guard.run(
                response,
                ending,
                () -> bodies.read(
                        request,
                        response,
                        ending,
                        1,
                        (body, admitted) -> begin(body, admitted, span, request, response, ending)));
    }

    @SuppressWarnings("try") // scopes end with their blocks
    private void begin(
            byte[] body,
            Admitted admitted,
            GenerationSpan span,
            Request request,
            Response response,
            Callback callback) {
        Caller caller = AccessFilter.caller(request);
        RequestReader reader = new RequestReader(limits.request());
        CompletionRequest read = shape == ResponseShape.CHAT ? reader.chat(body) : reader.text(body);
        String id = RequestId.next(shape.prefix());
        Lease lease = caller.mayUse(read.model()) ? models.lease(read.model(), read.key()) : null;
        if (lease == null) {
            throw ApiProblem.refused(
                    404,
                    "model",
                    "model_not_found",
                    "there is no model '%s' here; there are %s"
                            .formatted(
                                    read.model(),
                                    models.names().stream()
                                            .filter(caller::mayUse)
                                            .collect(Collectors.joining(", "))));
        }
        ResponseHeader head =
                new ResponseHeader(id, clock.instant().getEpochSecond(), read.model(), lease.fingerprint());
        span.asked(read, head, lease.pipeline());
        try (Scope current = span.current(head)) {
            try {
                admitted.answers(read.answers());
                CompletionRequest completionRequest = PreparedRequest.decoded(read, lease.backend());
                PreparedRequest prepared = PreparedRequest.of(completionRequest, caller.tenant(), lease.backend());
                begin(head, completionRequest, lease, prepared, admitted, span, request, response, callback);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError problem) {
                lease.close();
                throw Guard.of(problem); // logged here, with the request's id
            } catch (Error e) {
                lease.close();
                throw e;
            }
        }
    }

    @SuppressWarnings("try") // scopes end with their blocks
    private void begin(
            ResponseHeader head,
            CompletionRequest completionRequest,
            Lease lease,
            PreparedRequest prepared,
            Admitted admitted,
            GenerationSpan span,
            Request request,
            Response response,
            Callback callback) {
        response.getHeaders().put("x-request-id", head.id());
        response.getHeaders().put("x-septet-version", lease.fingerprint());
        long started = System.nanoTime();
        long promptTokens =
                prepared.promptTokens().stream().mapToLong(tokens -> tokens).sum();
        RequestMeter.OfRequest measured = meter.begin(request, lease, promptTokens);
        AnswerEvents lines = new AnswerEvents(
                head.id(),
                Instant.ofEpochSecond(head.created()),
                new ServedBy(String.valueOf(lease.pipeline()), lease.model(), lease.version(), lease.arm()),
                completionRequest,
                prepared.promptTokens(),
                AccessFilter.caller(request).keyName());
        CompletionStage<Optional<AuditBook.Questions>> questions = lease.pipeline() == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : audit.recordQuestions(lease.pipeline(), lines.questions());
        AnswerDelivery delivery = new AnswerDelivery(request, callback, limits.receive(), timer);
        ReplyExchange[] exchanges = new ReplyExchange[1];
        Runnable onDisconnect = () -> exchanges[0].cancelAll();
        List<String> echo = prepared.echo();
        ReplyExchange.Reply reply = completionRequest.stream()
                ? new StreamReply(shape, head, completionRequest, echo, response, delivery, onDisconnect)
                : new WholeReply(shape, head, echo, response, delivery);
        List<ScheduledFuture<?>> deadline = Collections.synchronizedList(new ArrayList<>());
        RequestGuard guard = new RequestGuard(
                lease.guard(), completionRequest, AccessFilter.caller(request).tenant());
        ReplyExchange exchange = new ReplyExchange(
                completionRequest.answers(),
                completionRequest.choices(),
                promptTokens,
                calls(completionRequest.tools(), lease.backend()),
                completionRequest.topLogProbabilities() >= 0,
                head.id(),
                new TracedReply(span, reply),
                new ReplyExchange.Inspection(guard.holdsBack(), guard.judgesAnswers(), guard::answers),
                admitted::answered,
                (answers, problem) -> {
                    deadline.forEach(timeout -> timeout.cancel(false));
                    queues.release(lease.backend());
                    lease.close();
                    long millis = (System.nanoTime() - started) / 1_000_000;
                    try (Scope current = span.current(head)) {
                        // The reserved memory is held until the texts are in the audit log.
                        return written(lease, lines.lines(answers, problem, millis, guard::verdicts), questions)
                                .whenComplete((done, failure) -> {
                                    admitted.close();
                                    delivery.begin();
                                });
                    }
                });
        exchanges[0] = exchange;
        DisconnectWatcher.watch(request, response, onDisconnect);
        deadline.add(
                timer.schedule(() -> exchange.fail(timedOut()), limits.answer().toMillis(), TimeUnit.MILLISECONDS));
        FairQueue turns = queues.enter(lease.backend());
        var unused = guard.prompts().whenComplete((judged, failure) -> {
            if (failure != null) {
                exchange.fail(Guard.of(failure));
            }
            for (int answer = 0; answer < completionRequest.answers(); answer++) {
                if (failure == null && guard.refusesPrompt(answer)) {
                    exchange.refuse(answer, guard.refusal());
                } else {
                    start(answer, completionRequest, prepared, admitted, turns, exchange, measured);
                }
            }
        });
    }

    /** Submits an answer. An exchange that is over cancels it at once. */
    private static void start(
            int answer,
            CompletionRequest completionRequest,
            PreparedRequest prepared,
            Admitted admitted,
            FairQueue turns,
            ReplyExchange exchange,
            RequestMeter.OfRequest measured) {
        if (exchange.isOver()) {
            exchange.listener(answer).ended(FinishReason.CANCELLED, 0);
            return;
        }
        try {
            exchange.addTicket(QueuedAnswer.submit(
                    turns,
                    admitted.tenant(),
                    measured.prompt(prepared.prompts().get(answer / completionRequest.choices())),
                    prepared.options().get(answer),
                    measured.listener(exchange.listener(answer))));
        } catch (RuntimeException | Error e) {
            exchange.listener(answer).failed(e);
        }
    }

    /** Reads the calls of an answer; null where it may have none. */
    private static @Nullable Function<ToolCallParser.Listener, ToolCallParser> calls(
            ToolUse tools, ModelBackend backend) {
        if (!tools.active()) {
            return null;
        }
        List<String> names =
                tools.callable().stream().map(CallableFunction::name).toList();
        return listener -> new ToolCallParser(backend.callFormat(), names, backend.callMarks(), listener);
    }

    private CompletionStage<Void> written(
            Lease lease, List<AnswerEvent> lines, CompletionStage<Optional<AuditBook.Questions>> questions) {
        String pipeline = lease.pipeline();
        return pipeline != null && audit.records(pipeline)
                ? audit.recordAnswers(pipeline, lines, questions)
                : CompletableFuture.completedFuture(null);
    }

    private ApiProblem timedOut() {
        return ApiProblem.failed(
                504,
                "timeout",
                String.format(
                        Locale.ROOT,
                        "the answer was not complete after %d seconds",
                        limits.answer().toSeconds()));
    }
}
