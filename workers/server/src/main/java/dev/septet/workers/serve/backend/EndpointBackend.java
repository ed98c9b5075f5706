package dev.septet.workers.serve.backend;

import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.trace.CallerContext;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A back end whose model a service holds: it passes requests on and answers back. The service counts the tokens and
 * limits their number.
 */
public final class EndpointBackend implements ModelBackend {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointBackend.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNPROCESSABLE = 422;

    /** What clients and the audit log get of the service's own codes. */
    private static final String CODE = "[A-Za-z0-9_.-]{1,64}";

    private final EndpointCompletions model;
    private final Set<Answer> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public EndpointBackend(EndpointCompletions model) {
        this.model = model;
    }

    /** Not known here: the service refuses what is too long. */
    @Override
    public int context() {
        return Integer.MAX_VALUE;
    }

    @Override
    public BackendPrompt conversation(List<ChatMessage> messages) {
        if (messages.stream().anyMatch(message -> !message.fields().isEmpty())) {
            throw ApiProblem.unsupported(
                    "messages", "calls and results of tools are not supported for a model that a service holds");
        }
        return new ServicePrompt(messages, null);
    }

    /** The service guarantees the format of an answer, or refuses it. */
    @Override
    public @Nullable TokenConstraint constraint(CompletionRequest asked, String tenant) {
        if (asked.tools().active()) {
            throw ApiProblem.unsupported(
                    "tools", "'tools' is not supported for a model that a service holds: ask the service itself");
        }
        if (asked.format().json() && !model.takesFormats()) {
            throw ApiProblem.unsupported(
                    "response_format",
                    "'response_format' is not supported for a model that Amazon Bedrock holds: ask for the format in a"
                            + " message, and check the answer");
        }
        if (asked.topLogProbabilities() >= 0) {
            throw ApiProblem.unsupported(
                    "logprobs", "'logprobs' is not supported for a model that a service holds: ask the service itself");
        }
        return null;
    }

    @Override
    public BackendPrompt completion(String prompt) {
        return new ServicePrompt(List.of(), prompt);
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(Answer::cancel);
    }

    private final class ServicePrompt implements BackendPrompt {
        private final List<ChatMessage> messages;
        private final @Nullable String text;

        ServicePrompt(List<ChatMessage> messages, @Nullable String text) {
            this.messages = List.copyOf(messages);
            this.text = text;
        }

        @Override
        public int tokens() {
            return 0;
        }

        @Override
        public AnswerTicket submit(AnswerOptions options, BackendListener listener) {
            Answer answer = new Answer(
                    new EndpointRequest(
                            messages,
                            text,
                            options.maxTokens() == Integer.MAX_VALUE ? null : options.maxTokens(),
                            options.sampling().temperature(),
                            options.sampling().topP(),
                            options.sampling().seed(),
                            options.stops(),
                            options.format().sent()),
                    listener);
            open.add(answer);
            Thread reading = new Thread(CallerContext.of(answer), "endpoint-answer");
            reading.setDaemon(true);
            reading.start();
            if (closed) {
                answer.cancel();
            }
            return answer;
        }
    }

    /** One answer, read by a thread of its own. */
    private final class Answer implements AnswerTicket, Runnable {
        private final EndpointRequest request;
        private final BackendListener listener;
        private EndpointCompletions.@Nullable Answering pending;
        private boolean cancelled;

        Answer(EndpointRequest request, BackendListener listener) {
            this.request = request;
            this.listener = listener;
        }

        /** Closes the connection to the service, which then stops the answer. */
        @Override
        public void cancel() {
            EndpointCompletions.Answering begun;
            synchronized (this) {
                cancelled = true;
                begun = pending;
            }
            if (begun != null) {
                begun.close();
            }
        }

        @Override
        public void run() {
            try {
                read();
            } catch (IOException | RuntimeException problem) {
                if (isCancelled()) {
                    listener.ended(FinishReason.CANCELLED, 0);
                } else {
                    listener.failed(problem instanceof EndpointClient.Failure failure ? problem(failure) : problem);
                }
            } finally {
                open.remove(this);
            }
        }

        private synchronized boolean isCancelled() {
            return cancelled;
        }

        private void read() throws IOException {
            if (isCancelled()) {
                listener.ended(FinishReason.CANCELLED, 0);
                return;
            }
            try (EndpointCompletions.Answering begun = model.begin(request)) {
                synchronized (this) {
                    pending = begun;
                }
                if (isCancelled()) {
                    listener.ended(FinishReason.CANCELLED, 0);
                    return;
                }
                EndpointCompletions.Parts parts = begun.parts();
                String finish = "";
                int tokens = 0;
                for (AnswerPart part = parts.next(); part != null; part = parts.next()) {
                    Integer prompt = part.promptTokens();
                    if (prompt != null) {
                        listener.promptTokens(prompt);
                    }
                    Integer count = part.tokens();
                    tokens = count == null ? tokens : count;
                    finish = part.finish() == null ? finish : part.finish();
                    if (!part.text().isEmpty()) {
                        listener.onText(part.text());
                    }
                }
                end(finish, tokens);
            }
        }

        private void end(String finish, int tokens) {
            if (finish.equals(AnswerPart.CONTENT_FILTER)) {
                listener.failed(ApiProblem.failed(
                        HttpURLConnection.HTTP_BAD_GATEWAY,
                        AnswerPart.CONTENT_FILTER,
                        "the content filter of the service that holds this model ended the answer"));
            } else {
                listener.ended(finish.equals("length") ? FinishReason.LENGTH : FinishReason.STOP, tokens);
            }
        }
    }

    /** The problem that the client gets; the operator's log has the service's words. */
    private ApiProblem problem(EndpointClient.Failure failure) {
        LOG.warn("{}: {}", model.model(), failure.why());
        if (failure.denied()) {
            return ApiProblem.failed(
                    HttpURLConnection.HTTP_BAD_GATEWAY,
                    "endpoint_key",
                    "the service that holds this model does not accept the key of this server; its operator must set"
                            + " another key");
        } else if (failure.status() == TOO_MANY_REQUESTS) {
            return ApiProblem.tooOften(
                            "the service that holds this model accepts no more requests now; try again later")
                    .after(failure.retryAfter());
        } else if (failure.status() == HttpURLConnection.HTTP_BAD_REQUEST || failure.status() == UNPROCESSABLE) {
            return ApiProblem.refused(
                    HttpURLConnection.HTTP_BAD_REQUEST,
                    null,
                    failure.code().matches(CODE) ? failure.code() : "invalid_value",
                    failure.why());
        } else if (failure.missing()) {
            return ApiProblem.failed(
                    HttpURLConnection.HTTP_BAD_GATEWAY,
                    "endpoint_model",
                    "the service that holds this model does not find it; its operator must deploy it there under its"
                            + " name, or train it again if the service deleted it");
        } else if (failure.status() == 0 || failure.status() == HttpURLConnection.HTTP_UNAVAILABLE) {
            return ApiProblem.failed(
                            HttpURLConnection.HTTP_UNAVAILABLE,
                            "endpoint_away",
                            "the service that holds this model cannot be reached; try again soon")
                    .after(failure.retryAfter());
        }
        return ApiProblem.failed(
                HttpURLConnection.HTTP_BAD_GATEWAY,
                "endpoint_failed",
                "the service that holds this model failed; try again, or ask the operator, whose log has the reason");
    }
}
