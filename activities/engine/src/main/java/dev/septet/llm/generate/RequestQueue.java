package dev.septet.llm.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests on their way to an engine's thread, in the order in which they came. */
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
     * @throws EngineBusy when as many wait as may
     * @throws EngineClosed when no more are taken
     */
    synchronized void add(GenerationHandle ticket) {
        if (draining || closing) {
            throw new EngineClosed(failure);
        }
        // Who finds a row free does not wait for one.
        int most = settings.waiting() + settings.rows() - counts.running();
        if (waiting.size() >= most) {
            throw new EngineBusy(waiting.size());
        }
        waiting.add(ticket);
        notifyAll();
    }

    /** The first request, which stays; null where none waits. */
    synchronized @Nullable GenerationHandle head() {
        return waiting.peek();
    }

    /** The first request is in the batch now, which has so many, or will never be. */
    synchronized void taken(int running) {
        waiting.remove();
        counts = counts.now(0, running, counts.steps(), counts.kept());
    }

    /** Takes out the requests that were cancelled while they waited. */
    synchronized List<GenerationHandle> cancelled() {
        List<GenerationHandle> gone = new ArrayList<>(waiting);
        gone.removeIf(ticket -> !ticket.cancelled());
        waiting.removeAll(gone);
        return gone;
    }

    /** Notes a step: the rows that ended, and what goes on. */
    synchronized void stepped(List<ActiveSequence> ended, Batch batch) {
        for (ActiveSequence row : ended) {
            counts = counts.plus(row.usage());
        }
        counts = counts.now(0, batch.size(), batch.steps(), batch.kept());
    }

    synchronized EngineCounts counts() {
        return counts.now(waiting.size(), counts.running(), counts.steps(), counts.kept());
    }

    /** Waits for something to do; false when there will be nothing more. */
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

    /** The engine's thread ends, for a reason or none; gives whoever still waits. */
    synchronized List<GenerationHandle> end(@Nullable Throwable why) {
        closing = true;
        failure = why;
        counts = counts.now(0, 0, counts.steps(), 0);
        List<GenerationHandle> left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }
}
