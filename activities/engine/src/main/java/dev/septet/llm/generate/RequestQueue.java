package dev.septet.llm.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queue of requests for an engine's thread, in order of arrival. */
final class RequestQueue {
    private final EngineSettings settings;
    private final Deque<GenerationHandle> waiting = new ArrayDeque<>();
    private EngineCounts counts = EngineCounts.NOTHING;
    private boolean draining;
    private boolean closing;
    private @Nullable Throwable failure;

    RequestQueue(EngineSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds a request at the end.
     *
     * @throws EngineBusy when the queue is full
     * @throws EngineClosed when the engine accepts no more requests
     */
    synchronized void add(GenerationHandle ticket) {
        if (draining || closing) {
            throw new EngineClosed(failure);
        }
        // A request that finds a free row does not count as waiting.
        int limit = settings.waiting() + settings.rows() - counts.running();
        if (waiting.size() >= limit) {
            throw new EngineBusy(waiting.size());
        }
        waiting.add(ticket);
        notifyAll();
    }

    /** The first request, which stays in the queue; null if the queue is empty. */
    synchronized @Nullable GenerationHandle head() {
        return waiting.peek();
    }

    /**
     * Removes the first request, which has joined the batch or has failed; {@code running} is the
     * batch's size.
     */
    synchronized void removeFirst(int running) {
        waiting.remove();
        counts = counts.with(0, running, counts.steps(), counts.cached());
    }

    /** Removes and returns the requests that were cancelled while they waited. */
    synchronized List<GenerationHandle> cancelled() {
        List<GenerationHandle> removed = new ArrayList<>(waiting);
        removed.removeIf(ticket -> !ticket.cancelled());
        waiting.removeAll(removed);
        return removed;
    }

    /** Updates the counters after a step: the rows that ended, and the remaining batch. */
    synchronized void recordStep(List<ActiveSequence> ended, Batch batch) {
        for (ActiveSequence row : ended) {
            counts = counts.plus(row.usage());
        }
        counts = counts.with(0, batch.size(), batch.steps(), batch.cachedTokens());
    }

    synchronized EngineCounts counts() {
        return counts.with(waiting.size(), counts.running(), counts.steps(), counts.cached());
    }

    /** Waits for work; returns false when there will be no more. */
    synchronized boolean awaitWork(boolean running) throws InterruptedException {
        while (!closing && !draining && !running && waiting.isEmpty()) {
            wait();
        }
        return !closing && (running || !waiting.isEmpty());
    }

    synchronized void drain() {
        draining = true;
        notifyAll();
    }

    synchronized void close() {
        closing = true;
        notifyAll();
    }

    /**
     * Closes the queue when the engine's thread ends, with or without a cause; returns the requests
     * that still wait.
     */
    synchronized List<GenerationHandle> end(@Nullable Throwable cause) {
        closing = true;
        failure = cause;
        counts = counts.with(0, 0, counts.steps(), 0);
        List<GenerationHandle> remaining = List.copyOf(waiting);
        waiting.clear();
        return remaining;
    }
}
