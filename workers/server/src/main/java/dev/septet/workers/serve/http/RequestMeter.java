package dev.septet.workers.serve.http;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ProcessMetric;
import dev.septet.workers.observe.WorkProgress;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.backend.BackendPrompt;
import dev.septet.workers.serve.model.Lease;
import dev.septet.workers.serve.openai.TokenChance;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Measures requests and answers. Labels have names of served models only: the name in a request becomes a label after a model
 * of this name was found.
 */
record RequestMeter(Instruments instruments, WorkProgress answers) {
    private static final String MODEL = RequestMeter.class.getName();
    private static final String NO_MODEL = "none";
    private static final double NANOS = 1e9;

    /** The status of a request whose client has disconnected; nginx's. */
    private static final int DISCONNECTED = 499;

    private static final Map<String, String> ENDPOINTS = Map.of(
            "/v1/chat/completions", "chat",
            "/v1/completions", "completions",
            "/v1/feedback", "feedback",
            "/v1/models", "models",
            "/health", "health",
            "/ready", "ready");

    /** Counts all requests of a handler, with the time until the end of their responses. */
    Handler around(Handler next) {
        return new Handler.Wrapper(next) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                long began = System.nanoTime();
                Request.addCompletionListener(request, failure -> {
                    String model = request.getAttribute(MODEL) instanceof String name ? name : NO_MODEL;
                    String endpoint =
                            ENDPOINTS.getOrDefault(request.getHttpURI().getPath(), "other");
                    int status = failure == null ? response.getStatus() : DISCONNECTED;
                    instruments.add(ProcessMetric.REQUESTS, 1, model, endpoint, Integer.toString(status));
                    if (!model.equals(NO_MODEL)) {
                        instruments.observe(ProcessMetric.REQUEST_SECONDS, since(began), model);
                    }
                });
                return super.handle(request, response, callback);
            }
        };
    }

    /** Begins to measure the answers of a request. */
    OfRequest begin(Request request, Lease lease, long promptTokens) {
        String model = label(lease);
        request.setAttribute(MODEL, model);
        instruments.add(ProcessMetric.PROMPT_TOKENS, (double) promptTokens, model);
        return new OfRequest(instruments, answers, model, System.nanoTime());
    }

    /** The name of the model; without the version, because versions come and go. */
    private static String label(Lease lease) {
        int version = lease.pipeline() == null ? -1 : lease.model().lastIndexOf('@');
        return version < 0 ? lease.model() : lease.model().substring(0, version);
    }

    private static double since(long began) {
        return (System.nanoTime() - began) / NANOS;
    }

    /** The answers of one request. */
    record OfRequest(Instruments instruments, WorkProgress answers, String model, long began) {
        /** Measures how long an answer waits for its turn. */
        BackendPrompt prompt(BackendPrompt prompt) {
            long queued = System.nanoTime();
            return new BackendPrompt() {
                @Override
                public int tokens() {
                    return prompt.tokens();
                }

                @Override
                public AnswerTicket submit(AnswerOptions options, BackendListener listener) {
                    instruments.observe(ProcessMetric.QUEUE_SECONDS, since(queued), model);
                    Watched watched = new Watched(answers, listener);
                    try {
                        return prompt.submit(options, watched);
                    } catch (RuntimeException | Error refused) {
                        watched.end();
                        throw refused;
                    }
                }
            };
        }

        /** Measures an answer while it is generated. */
        BackendListener listener(BackendListener listener) {
            return new Measured(this, listener);
        }
    }

    /** An answer at its engine. Forwards all events. */
    private static final class Watched implements BackendListener {
        private final WorkProgress answers;
        private final BackendListener listener;
        private final AtomicBoolean over = new AtomicBoolean();

        Watched(WorkProgress answers, BackendListener listener) {
            this.answers = answers;
            this.listener = listener;
            answers.began();
        }

        void end() {
            if (over.compareAndSet(false, true)) {
                answers.ended();
            }
        }

        @Override
        public void promptTokens(int tokens) {
            listener.promptTokens(tokens);
        }

        @Override
        public void onToken(TokenChance token) {
            listener.onToken(token);
        }

        @Override
        public void onMark(long at) {
            listener.onMark(at);
        }

        @Override
        public void onText(String piece) {
            answers.advanced();
            listener.onText(piece);
        }

        @Override
        public void ended(FinishReason reason, int tokens) {
            end();
            listener.ended(reason, tokens);
        }

        @Override
        public void failed(Throwable problem) {
            end();
            listener.failed(problem);
        }
    }

    /** One answer, from its request on. Its events come one after the other. */
    private static final class Measured implements BackendListener {
        private final OfRequest request;
        private final BackendListener listener;
        private volatile long firstText;
        private volatile boolean over;

        Measured(OfRequest request, BackendListener listener) {
            this.request = request;
            this.listener = listener;
        }

        @Override
        public void promptTokens(int tokens) {
            request.instruments.add(ProcessMetric.PROMPT_TOKENS, (double) tokens, request.model);
            listener.promptTokens(tokens);
        }

        @Override
        public void onToken(TokenChance token) {
            listener.onToken(token);
        }

        @Override
        public void onMark(long at) {
            listener.onMark(at);
        }

        @Override
        public void onText(String piece) {
            if (firstText == 0) {
                firstText = System.nanoTime();
                request.instruments.observe(ProcessMetric.FIRST_TOKEN_SECONDS, since(request.began), request.model);
            }
            listener.onText(piece);
        }

        @Override
        public void ended(FinishReason reason, int tokens) {
            if (!over) {
                over = true;
                request.instruments.add(ProcessMetric.GENERATED_TOKENS, (double) tokens, request.model);
                count(reason.name().toLowerCase(Locale.ROOT));
                if (firstText != 0 && tokens > 1) {
                    request.instruments.observe(
                            ProcessMetric.OUTPUT_TOKEN_SECONDS, since(firstText) / (tokens - 1), request.model);
                }
            }
            listener.ended(reason, tokens);
        }

        @Override
        public void failed(Throwable problem) {
            if (!over) {
                over = true;
                count("failed");
            }
            listener.failed(problem);
        }

        private void count(String finish) {
            request.instruments.add(ProcessMetric.ANSWERS, 1, request.model, finish);
        }
    }
}
