package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.List;

/**
 * Answers requests as they come, many at a time, over one model: continuous batching, shared
 * beginnings of prompts computed once, adapters by name, guessing ahead. An answer depends on its
 * request alone but for the rounding of the machine's matrix products, which may differ in the last
 * bits with the number of tokens in a step.
 *
 * <p>One thread owns the model and its tensors; everything here may be called from any thread.
 * Requests are taken in the order in which they came.
 *
 * @see <a href="https://www.usenix.org/conference/osdi22/presentation/yu">Yu et al., 2022</a>, for
 *     batches that requests join and leave at any step
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
     * @param model is the engine's from now on, and closed by it
     * @param tokenizer stays the caller's; must outlive the engine
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
     * Takes a request.
     *
     * @throws IllegalArgumentException when the prompt is empty, too long, or of another vocabulary
     * @throws EngineBusy when too many wait already
     * @throws EngineClosed when the engine takes no more
     */
    public GenerationHandle submit(GenerationRequest request, AnswerListener listener) {
        PromptChecks.require(model.config(), "the prompt", request.prompt());
        GenerationHandle ticket = new GenerationHandle(request, listener);
        queue.add(ticket);
        return ticket;
    }

    /** What the engine does and did. */
    public EngineCounts counts() {
        return queue.counts();
    }

    /**
     * Takes no more requests; closes by itself when those it has are answered. For putting another
     * engine in its place.
     */
    public void drain() {
        queue.drain();
    }

    /** Whether it has closed, model included. */
    public boolean closed() {
        return !thread.isAlive();
    }

    /** Ends all requests with {@link EngineClosed} and frees the model; waits for that. */
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
                    queue.stepped(ended, batch);
                    ended.forEach(Batch::settle);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                failure = e;
            }
            batch.abandon(new EngineClosed(failure));
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
                    return; // in order: nobody passes who waits for an adapter
                }
            } catch (RuntimeException e) {
                head.fail(e);
            }
            queue.taken(batch.size());
        }
    }
}
