package dev.septet.workers.serve.reply;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.tool.ToolCallParser;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.TokenChance;
import dev.septet.workers.serve.openai.TokenUsage;
import dev.septet.workers.serve.openai.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one request while they are generated. The reply receives their events in order,
 * and then one final event. The place of each answer is released when its generation has ended.
 */
public final class ReplyExchange {
    /** Sends the answers to the client; called by one thread at a time. */
    public interface Reply {
        /** The next piece of text of an answer. */
        void addText(int answer, String piece);

        /** The next token of an answer, with its log-probabilities, before the text that it completes. */
        void addToken(int answer, TokenChance token);

        /** A call of an answer begins. */
        void addCall(int answer, int call, String id, String name);

        /** The next piece of the arguments of a call. */
        void addArguments(int answer, int call, String piece);

        /** A whole answer that was held back until a guard judged it, or a guard's refusal. */
        void addWhole(int answer, CompletedAnswer whole);

        /**
         * An answer is complete.
         *
         * @param calls whether it has calls
         */
        void ended(int answer, FinishReason reason, boolean calls);

        /** All answers are complete. */
        void complete(List<CompletedAnswer> answers, TokenUsage usage);

        /** A problem is sent to the client instead; answers may have begun. */
        void failed(ApiProblem problem);

        /** The client has disconnected. */
        void disconnected();
    }

    /** Judges the answers before the end of a reply. */
    public interface Judge {
        /** The answers that may leave; when it fails, the client gets its failure instead. */
        CompletionStage<List<CompletedAnswer>> judged(List<CompletedAnswer> answers);
    }

    /**
     * What happens to answers before they leave.
     *
     * @param holdsBack whether nothing is sent before all answers are judged
     * @param judges whether answers are judged, so that the texts of a reply that ends early are not kept
     */
    public record Inspection(boolean holdsBack, boolean judges, Judge judge) {}

    /** Runs when the last answer has ended, with success or not. */
    public interface End {
        /**
         * @param answers answers as far as they were generated
         * @param problem the problem that the client gets; null when the answers are complete
         * @return the final event waits for this stage; when it fails, the client gets its failure
         *     instead
         */
        CompletionStage<Void> over(List<CompletedAnswer> answers, @Nullable ApiProblem problem);
    }

    private final Reply reply;
    private final Runnable place;
    private final End end;
    private final Inspection inspection;
    private final int choices;
    private final boolean scored;
    private final String response;
    private final long promptTokens;
    private final List<Part> parts = new ArrayList<>();
    private final List<AnswerTicket> tickets = new ArrayList<>();
    private int open;
    private boolean finished;
    private @Nullable ApiProblem problem;

    /**
     * @param choices answers to each prompt
     * @param promptTokens tokens of all prompts, as far as Septet counts them
     * @param calls reads the calls of tools; null where there are no tools
     * @param chances whether the client asked for log-probabilities
     * @param response id of the response
     * @param inspection judges the answers before they leave
     * @param place releases the place of one answer
     */
    public ReplyExchange(
            int answers,
            int choices,
            long promptTokens,
            @Nullable Function<ToolCallParser.Listener, ToolCallParser> calls,
            boolean chances,
            String response,
            Reply reply,
            Inspection inspection,
            Runnable place,
            End end) {
        this.inspection = inspection;
        this.response = response;
        this.scored = chances;
        this.reply = reply;
        this.place = place;
        this.end = end;
        this.choices = choices;
        this.promptTokens = promptTokens;
        this.open = answers;
        for (int i = 0; i < answers; i++) {
            parts.add(new Part(i, calls));
        }
    }

    /** The listener of one answer. */
    public BackendListener listener(int answer) {
        return parts.get(answer);
    }

    /** Adds the ticket with which an answer can be cancelled. */
    public void addTicket(AnswerTicket ticket) {
        boolean tooLate;
        synchronized (this) {
            tickets.add(ticket);
            tooLate = finished;
        }
        if (tooLate) {
            ticket.cancel();
        }
    }

    /** Whether the reply has ended, so that nothing more is sent. */
    public synchronized boolean isOver() {
        return finished;
    }

    /** Cancels all answers, because the client has disconnected. Harmless after the end. */
    public void cancelAll() {
        stop(null);
    }

    /** Sends a problem to the client and cancels the answers in progress. */
    public void fail(ApiProblem why) {
        stop(why);
    }

    private void stop(@Nullable ApiProblem why) {
        List<AnswerTicket> cancelled;
        synchronized (this) {
            if (finished) {
                return;
            }
            finished = true;
            problem = why;
            if (why == null) {
                reply.disconnected();
            } else {
                reply.failed(why);
            }
            cancelled = List.copyOf(tickets);
        }
        cancelled.forEach(AnswerTicket::cancel);
    }

    private void closed() {
        place.run();
        List<CompletedAnswer> answers;
        boolean ended;
        synchronized (this) {
            open--;
            if (open > 0) {
                return;
            }
            answers = parts.stream().map(Part::written).toList();
            ended = finished;
        }
        if (ended) {
            // Texts that were not judged are not kept either.
            over(inspection.judges() ? withheld(answers) : answers, null);
            return;
        }
        CompletionStage<List<CompletedAnswer>> judged;
        try {
            judged = inspection.judge().judged(answers);
        } catch (RuntimeException | Error e) {
            judged = CompletableFuture.failedFuture(e);
        }
        var unused = judged.whenComplete((leaving, failure) -> {
            if (failure == null) {
                over(leaving, null);
            } else {
                over(withheld(answers), ReplyProblems.of(failure));
            }
        });
    }

    private static List<CompletedAnswer> withheld(List<CompletedAnswer> answers) {
        return answers.stream().map(CompletedAnswer::withheld).toList();
    }

    private void over(List<CompletedAnswer> answers, @Nullable ApiProblem unjudged) {
        ApiProblem why;
        synchronized (this) {
            why = unjudged == null ? problem : unjudged;
        }
        var unused = end.over(answers, why)
                .whenComplete((done, failure) -> complete(answers, failure == null ? unjudged : failure));
    }

    /** Ends an answer whose prompt a guard refused. */
    public void refuse(int answer, String refusal) {
        parts.get(answer).refuse(refusal);
    }

    private synchronized void complete(List<CompletedAnswer> answers, @Nullable Throwable failure) {
        if (finished) {
            return;
        }
        finished = true;
        if (failure != null) {
            reply.failed(ReplyProblems.of(failure));
            return;
        }
        if (inspection.holdsBack()) {
            for (int answer = 0; answer < answers.size(); answer++) {
                reply.addWhole(answer, answers.get(answer));
            }
        }
        long tokens = answers.stream().mapToLong(CompletedAnswer::tokens).sum();
        reply.complete(answers, new TokenUsage(promptTokens + countedByService(answers), tokens));
    }

    /** A prompt counts once, however many answers it has. */
    private long countedByService(List<CompletedAnswer> answers) {
        long counted = 0;
        for (int first = 0; first < answers.size(); first += choices) {
            counted += answers.get(first).promptTokens();
        }
        return counted;
    }

    /** One answer. */
    private final class Part implements BackendListener, ToolCallParser.Listener {
        private final @Nullable ToolCallParser parser;
        private final List<StringBuilder> calls = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final int index;
        private final StringBuilder text = new StringBuilder();
        private FinishReason reason = FinishReason.CANCELLED;
        private final List<TokenChance> chances = new ArrayList<>();
        private int tokens;
        private int promptTokens;
        private boolean over;
        private @Nullable String refusal;

        Part(int index, @Nullable Function<ToolCallParser.Listener, ToolCallParser> reading) {
            this.index = index;
            this.parser = reading == null ? null : reading.apply(this);
        }

        private boolean sends() {
            return !finished && !inspection.holdsBack();
        }

        void refuse(String by) {
            synchronized (ReplyExchange.this) {
                if (over) {
                    return;
                }
                over = true;
                refusal = by;
                if (sends()) {
                    reply.addWhole(index, written());
                }
            }
            closed();
        }

        @Override
        public void content(String piece) {
            text.append(piece);
            if (sends()) {
                reply.addText(index, piece);
            }
        }

        @Override
        public void call(String name) {
            calls.add(new StringBuilder());
            names.add(name);
            int call = calls.size() - 1;
            if (sends()) {
                reply.addCall(index, call, ToolCall.id(response, index, call), name);
            }
        }

        @Override
        public void arguments(String piece) {
            int call = calls.size() - 1;
            calls.get(call).append(piece);
            if (sends()) {
                reply.addArguments(index, call, piece);
            }
        }

        private List<ToolCall> calls() {
            List<ToolCall> all = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                all.add(new ToolCall(
                        ToolCall.id(response, index, i),
                        names.get(i),
                        calls.get(i).toString()));
            }
            return all;
        }

        @Override
        public void promptTokens(int counted) {
            synchronized (ReplyExchange.this) {
                promptTokens = counted;
            }
        }

        @Override
        public void onToken(TokenChance token) {
            synchronized (ReplyExchange.this) {
                chances.add(token);
                if (sends()) {
                    reply.addToken(index, token);
                }
            }
        }

        @Override
        public void onMark(long at) {
            synchronized (ReplyExchange.this) {
                if (parser != null) {
                    parser.mark(at);
                }
            }
        }

        @Override
        public void onText(String piece) {
            synchronized (ReplyExchange.this) {
                if (parser != null) {
                    parser.add(piece);
                } else {
                    content(piece);
                }
            }
        }

        @Override
        public void ended(FinishReason finishReason, int count) {
            synchronized (ReplyExchange.this) {
                if (over) {
                    return; // it failed before it was cancelled
                }
                over = true;
                reason = finishReason;
                tokens = count;
                if (parser != null) {
                    parser.finish();
                }
                if (sends() && finishReason != FinishReason.CANCELLED) {
                    reply.ended(index, finishReason, !calls.isEmpty());
                }
            }
            if (finishReason == FinishReason.CANCELLED) {
                // Either its back end is closing, or a problem was sent already and this has no
                // effect.
                stop(ApiProblem.failed(503, "shutting_down", "the model is being unloaded; try again"));
            }
            closed();
        }

        @Override
        public void failed(Throwable cause) {
            synchronized (ReplyExchange.this) {
                if (over) {
                    return;
                }
                over = true;
            }
            stop(ReplyProblems.of(cause));
            closed();
        }

        CompletedAnswer written() {
            String refused = refusal;
            if (refused != null) {
                return new CompletedAnswer("", FinishReason.STOP, 0, 0, null, List.of()).refused(refused);
            }
            return new CompletedAnswer(text.toString(), reason, tokens, promptTokens, scored ? chances : null, calls());
        }
    }
}
