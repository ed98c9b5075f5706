package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.FinishReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** A request that an engine has accepted. */
public final class GenerationHandle {
    private final GenerationRequest request;
    private final AnswerListener listener;
    private final CompletableFuture<Completion> done = new CompletableFuture<>();
    private volatile boolean cancelled;

    GenerationHandle(GenerationRequest request, AnswerListener listener) {
        this.request = request;
        this.listener = listener;
    }

    GenerationRequest request() {
        return request;
    }

    AnswerListener listener() {
        return listener;
    }

    /**
     * Ends the answer before the engine's next step. The answer then has the text so far and the
     * reason {@link FinishReason#CANCELLED}. Does nothing if the answer has ended.
     */
    public void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }

    /**
     * The answer, once it has ended. Fails with {@link UnknownAdapter}, a {@link
     * dev.septet.llm.format.FormatProblem} of the adapter's files, {@link EngineClosed}, or the
     * model's failure. Dependent stages run on the engine's thread, so they should be short.
     */
    public CompletionStage<Completion> completion() {
        return done.minimalCompletionStage();
    }

    /** Waits for the answer; throws what {@link #completion} fails with. */
    public Completion await() throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        }
    }

    void complete(Completion completion) {
        done.complete(completion);
    }

    void fail(Throwable cause) {
        done.completeExceptionally(cause);
    }
}
