package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.List;

/**
 * Answers concurrent requests with one model. It uses continuous batching, a prefix cache, adapters
 * by name, and prompt lookup decoding. An answer depends only on its request, except for the
 * rounding of the machine's matrix products. That rounding may change the last bits with the number
 * of tokens in a step.
 *
 * <p>One thread owns the model and its tensors. All public methods may be called from any thread.
 * Requests start in the order in which they arrive.
 *
 * @see <a href="https://www.usenix.org/conference/osdi22/presentation/yu">Yu et al., 2022</a>, for
 *     continuous batching
 */
public final class GenerationEngine implements AutoCloseable {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final AdapterFolders adapters;
    private final EngineSettings settings;
    private final RequestQueue queue;
    private final Thread thread;

    /**
     * Starts an engine.
     *
     * @param model owned by the engine from now on, which closes it
     * @param tokenizer owned by the caller; must stay open until the engine is closed
     */
    public GenerationEngine(
            LanguageModel model, Tokenizer tokenizer, AdapterFolders adapters, EngineSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.adapters = adapters;
        this.settings = settings;
        this.queue = new RequestQueue(settings);
        this.thread = new Thread(this::run, "septet-generation");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Adds a request to the queue.
     *
     * @throws IllegalArgumentException when the prompt is empty or too long, or has a token outside
     *     the vocabulary
     * @throws EngineBusy when the queue is full
     * @throws EngineClosed when the engine accepts no more requests
     */
    public GenerationHandle submit(GenerationRequest request, AnswerListener listener) {
        PromptChecks.require(model.config(), "the prompt", request.prompt());
        GenerationHandle ticket = new GenerationHandle(request, listener);
        queue.add(ticket);
        return ticket;
    }

    /** The engine's counters. */
    public EngineCounts counts() {
        return queue.counts();
    }

    /**
     * Accepts no more requests and closes the engine when its requests are answered. Used to
     * replace the engine with another one.
     */
    public void drain() {
        queue.drain();
    }

    /** Whether the engine and its model are closed. */
    public boolean closed() {
        return !thread.isAlive();
    }

    /** Fails all requests with {@link EngineClosed}, frees the model, and waits until both are done. */
    @Override
    public void close() {
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Throwable failure = null;
        try (LanguageModel owned = model;
                Batch batch = new Batch(owned, tokenizer, adapters, settings)) {
            try {
                while (queue.awaitWork(batch.size() > 0)) {
                    admit(batch);
                    List<ActiveSequence> ended = batch.step();
                    queue.recordStep(ended, batch);
                    ended.forEach(Batch::complete);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                failure = e;
            }
            batch.failAll(new EngineClosed(failure));
        } finally {
            EngineClosed closed = new EngineClosed(failure);
            queue.end(failure).forEach(ticket -> ticket.fail(closed));
        }
    }

    private void admit(Batch batch) {
        for (GenerationHandle ticket : queue.cancelled()) {
            Generated nothing = new Generated(new int[0], "", FinishReason.CANCELLED);
            int prompt = ticket.request().prompt().length;
            ticket.complete(new Completion(nothing, new Usage(prompt, 0, 0, 0, 0)));
        }
        for (GenerationHandle head = queue.head(); head != null && batch.hasRoom(); head = queue.head()) {
            try {
                if (!batch.join(head)) {
                    return; // in order: no request overtakes one that waits for an adapter
                }
            } catch (RuntimeException e) {
                head.fail(e);
            }
            queue.removeFirst(batch.size());
        }
    }
}
