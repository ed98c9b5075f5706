package dev.septet.workers.serve.reply;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A request's answers while they are written. Its reply hears them in order, and then once how all
 * of it ended; the places that it holds are given back as each answer really ends.
 */
public final class ReplyExchange {
    /** Who passes the answers on; called by one thread at a time. */
    public interface Reply {
        /** The next piece of an answer. */
        void wrote(int answer, String piece);

        /** An answer is complete. */
        void ended(int answer, FinishReason reason);

        /** All answers are complete. */
        void complete(List<CompletedAnswer> answers, TokenUsage usage);

        /** The client is told of a problem instead; answers may have begun. */
        void failed(ApiProblem problem);

        /** The client has left. */
        void gone();
    }

    /** What is to be done when the last answer has ended, however it did. */
    public interface End {
        /**
         * @param answers as far as they were written
         * @param problem what the client was told; null when the answers are complete
         * @return what the client's answer waits for; it is told of a failure instead
         */
        CompletionStage<Void> over(List<CompletedAnswer> answers, @Nullable ApiProblem problem);
    }

    private final Reply reply;
    private final Runnable place;
    private final End end;
    private final long promptTokens;
    private final List<Part> parts = new ArrayList<>();
    private final List<AnswerTicket> tickets = new ArrayList<>();
    private int open;
    private boolean told;
    private @Nullable ApiProblem problem;

    /**
     * @param place gives back the place of one answer
     */
    public ReplyExchange(int answers, long promptTokens, Reply reply, Runnable place, End end) {
        this.reply = reply;
        this.place = place;
        this.end = end;
        this.promptTokens = promptTokens;
        this.open = answers;
        for (int i = 0; i < answers; i++) {
            parts.add(new Part(i));
        }
    }

    /** Who listens to one answer. */
    public BackendListener listener(int answer) {
        return parts.get(answer);
    }

    /** Adds what cancels an answer. */
    public void holds(AnswerTicket ticket) {
        boolean late;
        synchronized (this) {
            tickets.add(ticket);
            late = told;
        }
        if (late) {
            ticket.cancel();
        }
    }

    /** The client has gone: nobody hears the rest. Harmless after the end. */
    public void abandon() {
        stop(null);
    }

    /** Tells the client of a problem and cancels what is still being written. */
    public void fail(ApiProblem why) {
        stop(why);
    }

    private void stop(@Nullable ApiProblem why) {
        List<AnswerTicket> held;
        synchronized (this) {
            if (told) {
                return;
            }
            told = true;
            problem = why;
            if (why == null) {
                reply.gone();
            } else {
                reply.failed(why);
            }
            held = List.copyOf(tickets);
        }
        held.forEach(AnswerTicket::cancel);
    }

    private void closed() {
        place.run();
        List<CompletedAnswer> answers;
        ApiProblem why;
        synchronized (this) {
            open--;
            if (open > 0) {
                return;
            }
            answers = parts.stream().map(Part::written).toList();
            why = problem;
        }
        var unused = end.over(answers, why).whenComplete((done, failure) -> complete(answers, failure));
    }

    private synchronized void complete(List<CompletedAnswer> answers, @Nullable Throwable failure) {
        if (told) {
            return;
        }
        told = true;
        if (failure != null) {
            reply.failed(ReplyProblems.told(failure));
            return;
        }
        long tokens = answers.stream().mapToLong(CompletedAnswer::tokens).sum();
        reply.complete(answers, new TokenUsage(promptTokens, tokens));
    }

    /** One answer. */
    private final class Part implements BackendListener {
        private final int index;
        private final StringBuilder text = new StringBuilder();
        private FinishReason reason = FinishReason.CANCELLED;
        private int tokens;
        private boolean over;

        public Part(int index) {
            this.index = index;
        }

        @Override
        public void wrote(String piece) {
            synchronized (ReplyExchange.this) {
                text.append(piece);
                if (!told) {
                    reply.wrote(index, piece);
                }
            }
        }

        @Override
        public void ended(FinishReason why, int count) {
            synchronized (ReplyExchange.this) {
                if (over) {
                    return; // it failed, and was cancelled after that
                }
                over = true;
                reason = why;
                tokens = count;
                if (!told && why != FinishReason.CANCELLED) {
                    reply.ended(index, why);
                }
            }
            if (why == FinishReason.CANCELLED) {
                // Nobody here cancelled it, or this is told already: its back end is closing.
                stop(ApiProblem.failed(503, "shutting_down", "the model is being unloaded; try again"));
            }
            closed();
        }

        @Override
        public void failed(Throwable why) {
            synchronized (ReplyExchange.this) {
                if (over) {
                    return;
                }
                over = true;
            }
            stop(ReplyProblems.told(why));
            closed();
        }

        CompletedAnswer written() {
            return new CompletedAnswer(text.toString(), reason, tokens);
        }
    }
}
