package dev.septet.workers.serve.admission;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.backend.ModelBackend;
import org.jspecify.annotations.Nullable;

/** An answer that waits for its tenant's turn, and is then written by its back end. */
public final class QueuedAnswer implements AnswerTicket, BackendListener {
    /** A token that is written counts for two that are read, as hosted models are priced. */
    private static final int WRITTEN_COST = 2;

    private final FairQueue queue;
    private final String tenant;
    private final BackendListener listener;
    private FairQueue.@Nullable Waiting waiting;
    private @Nullable AnswerTicket ticket;
    private boolean cancelled;
    private boolean over;

    private QueuedAnswer(FairQueue queue, String tenant, BackendListener listener) {
        this.queue = queue;
        this.tenant = tenant;
        this.listener = listener;
    }

    /**
     * Lines an answer up.
     *
     * @param listener hears it, on a thread of the back end, or, when it fails to start, of whoever
     *     started it
     */
    public static AnswerTicket submit(
            FairQueue queue,
            String tenant,
            ModelBackend backend,
            int[] prompt,
            AnswerOptions options,
            BackendListener listener) {
        QueuedAnswer answer = new QueuedAnswer(queue, tenant, listener);
        FairQueue.Waiting waiting = queue.add(tenant, prompt.length, () -> answer.start(backend, prompt, options));
        synchronized (answer) {
            answer.waiting = waiting;
        }
        return answer;
    }

    private void start(ModelBackend backend, int[] prompt, AnswerOptions options) {
        AnswerTicket started;
        try {
            started = backend.submit(prompt, options, this);
        } catch (RuntimeException refused) {
            failed(refused);
            return;
        }
        boolean late;
        synchronized (this) {
            ticket = started;
            late = cancelled;
        }
        if (late) {
            started.cancel();
        }
    }

    @Override
    public void cancel() {
        AnswerTicket started;
        FairQueue.Waiting before;
        synchronized (this) {
            cancelled = true;
            started = ticket;
            before = waiting;
        }
        if (started != null) {
            started.cancel();
        } else if (before != null && before.cancel()) {
            listener.ended(FinishReason.CANCELLED, 0);
        }
    }

    @Override
    public void wrote(String piece) {
        listener.wrote(piece);
    }

    @Override
    public void ended(FinishReason reason, int tokens) {
        try {
            listener.ended(reason, tokens);
        } finally {
            leave(tokens);
        }
    }

    @Override
    public void failed(Throwable problem) {
        try {
            listener.failed(problem);
        } finally {
            leave(0);
        }
    }

    /** Once: a back end may tell of a cancelled answer's end after its failure. */
    private void leave(int tokens) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        queue.ended(tenant, (long) WRITTEN_COST * tokens);
    }
}
