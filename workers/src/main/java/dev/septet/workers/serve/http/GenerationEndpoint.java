package dev.septet.workers.serve.http;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.generate.Sampling;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.Backend;
import dev.septet.workers.serve.model.Lease;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.Asked;
import dev.septet.workers.serve.openai.Head;
import dev.septet.workers.serve.openai.RequestReader;
import dev.septet.workers.serve.openai.Shape;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** {@code /v1/chat/completions} and {@code /v1/completions}. */
final class GenerationEndpoint implements Endpoint {
    private final Shape shape;
    private final Models models;
    private final ServeLimits limits;
    private final Admission admission;
    private final ScheduledExecutorService timer;
    private final Clock clock;

    GenerationEndpoint(
            Shape shape,
            Models models,
            ServeLimits limits,
            Admission admission,
            ScheduledExecutorService timer,
            Clock clock) {
        this.shape = shape;
        this.models = models;
        this.limits = limits;
        this.admission = admission;
        this.timer = timer;
        this.clock = clock;
    }

    @Override
    public void answer(Request request, Response response, Callback callback) {
        new BodyReader(limits)
                .then(
                        request,
                        response,
                        callback,
                        body -> begin(body, request, response, callback));
    }

    private void begin(byte[] body, Request request, Response response, Callback callback) {
        RequestReader reader = new RequestReader(limits.request());
        Asked asked = shape == Shape.CHAT ? reader.chat(body) : reader.text(body);
        String id = RequestId.next(shape.prefix());
        Lease lease = models.take(asked.model(), asked.key());
        if (lease == null) {
            throw ApiProblem.refused(
                    404,
                    "model",
                    "model_not_found",
                    "there is no model '%s' here; there are %s"
                            .formatted(asked.model(), String.join(", ", models.names())));
        }
        try {
            List<int[]> prompts = prompts(asked, lease.backend());
            List<AnswerOptions> options = new ArrayList<>();
            for (int[] prompt : prompts) {
                options.addAll(options(asked, prompt, lease.backend().context()));
            }
            admission.enter(asked.answers());
            begin(
                    new Head(id, clock.instant().getEpochSecond(), asked.model(), lease.version()),
                    asked,
                    lease,
                    prompts,
                    options,
                    request,
                    response,
                    callback);
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    private void begin(
            Head head,
            Asked asked,
            Lease lease,
            List<int[]> prompts,
            List<AnswerOptions> options,
            Request request,
            Response response,
            Callback callback) {
        response.getHeaders().put("x-request-id", head.id());
        response.getHeaders().put("x-septet-version", lease.version());
        response.getHeaders().put("x-septet-arm", lease.arm().word());
        long read = prompts.stream().mapToLong(prompt -> prompt.length).sum();
        Exchange[] made = new Exchange[1];
        Runnable gone = () -> made[0].abandon();
        List<String> echo = echo(asked);
        Exchange.Reply reply =
                asked.stream()
                        ? new StreamReply(shape, head, asked, echo, response, callback, gone)
                        : new WholeReply(shape, head, echo, response, callback);
        List<ScheduledFuture<?>> deadline = Collections.synchronizedList(new ArrayList<>());
        Exchange exchange =
                new Exchange(
                        asked.answers(),
                        read,
                        reply,
                        admission::leave,
                        (answers, problem, left) -> {
                            deadline.forEach(timeout -> timeout.cancel(false));
                            lease.close();
                        });
        made[0] = exchange;
        Hangup.watch(request, response, gone);
        deadline.add(
                timer.schedule(
                        () -> exchange.fail(late()),
                        limits.answer().toMillis(),
                        TimeUnit.MILLISECONDS));
        for (int answer = 0; answer < asked.answers(); answer++) {
            try {
                exchange.holds(
                        lease.backend()
                                .submit(
                                        prompts.get(answer / asked.choices()),
                                        options.get(answer),
                                        exchange.listener(answer)));
            } catch (RuntimeException refused) {
                exchange.listener(answer).failed(refused); // others of it may have begun
            }
        }
    }

    private ApiProblem late() {
        return ApiProblem.failed(
                504,
                "timeout",
                "the answer was not complete after %d seconds"
                        .formatted(limits.answer().toSeconds()));
    }

    private static List<int[]> prompts(Asked asked, Backend backend) {
        try {
            if (asked.chat()) {
                return List.of(backend.chat(asked.messages()));
            }
            return asked.prompts().stream().map(backend::text).toList();
        } catch (TemplateProblem | FormatProblem refusal) {
            throw ApiProblem.value(
                    asked.chat() ? "messages" : "prompt",
                    "the model cannot read this: " + refusal.getMessage());
        }
    }

    /** For each answer to a prompt; they differ in their seeds. */
    private static List<AnswerOptions> options(Asked asked, int[] prompt, int context) {
        int room = context - prompt.length;
        Integer most = asked.maxTokens();
        String field = asked.chat() ? "messages" : "prompt";
        if (room < 1 || (most != null && most > room)) {
            throw ApiProblem.refused(
                    400,
                    field,
                    "context_length_exceeded",
                    "this model's context is %d tokens, but %d were asked for (%d in the %s, %d for the answer)"
                            .formatted(
                                    context,
                                    (long) prompt.length + (most == null ? 1 : most),
                                    prompt.length,
                                    field,
                                    most == null ? 1 : most));
        }
        Long given = asked.seed();
        long seed = given == null ? RequestId.seed() : given;
        List<AnswerOptions> all = new ArrayList<>();
        for (int choice = 0; choice < asked.choices(); choice++) {
            all.add(
                    new AnswerOptions(
                            most == null ? room : most,
                            new Sampling(asked.temperature(), asked.topP(), seed + choice),
                            asked.stops()));
        }
        return all;
    }

    private static List<String> echo(Asked asked) {
        List<String> echo = new ArrayList<>();
        for (int answer = 0; answer < asked.answers(); answer++) {
            echo.add(asked.echo() ? asked.prompts().get(answer / asked.choices()) : "");
        }
        return echo;
    }
}
