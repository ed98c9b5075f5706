package dev.septet.llm.generate;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.model.weights.LoadedAdapter;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Requests that are answered together. They join and leave between steps. Used by one thread. */
final class Batch implements AutoCloseable {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final EngineSettings settings;
    private final AdapterShelf adapterCache;
    private final PrefixCache prefixCache;
    private final List<ActiveSequence> rows = new ArrayList<>();
    private long steps;

    Batch(LanguageModel model, Tokenizer tokenizer, AdapterFolders adapters, EngineSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.adapterCache = new AdapterShelf(model, adapters, settings.adapters());
        this.prefixCache = new PrefixCache(settings.keptTokens());
    }

    int size() {
        return rows.size();
    }

    boolean hasRoom() {
        return rows.size() < settings.rows();
    }

    /** Number of forward passes so far. */
    long steps() {
        return steps;
    }

    /** Capacity in tokens of the prefix cache, which holds the sequences of ended requests. */
    long cachedTokens() {
        return prefixCache.tokens();
    }

    /**
     * Adds a request; call it only if {@link #hasRoom} is true.
     *
     * @return false when its adapter must wait until another adapter is free
     * @throws RuntimeException when its adapter cannot be loaded
     */
    boolean join(GenerationHandle ticket) {
        GenerationRequest request = ticket.request();
        LoadedAdapter adapter = null;
        if (request.adapter().isPresent()) {
            adapter = adapterCache.find(request.adapter().get(), adaptersInUse(), prefixCache::evict);
            if (adapter == null) {
                return false;
            }
        }
        int remaining = PromptChecks.remaining(model.config(), request.prompt());
        Answer answer = new Answer(
                request.prompt(),
                request.options(),
                Math.min(request.options().maxNewTokens(), remaining),
                tokenizer,
                ticket.listener());
        rows.add(new ActiveSequence(ticket, answer, model.newSequence(), adapter, settings.draftTokens()));
        return true;
    }

    private Set<LoadedAdapter> adaptersInUse() {
        Set<LoadedAdapter> busy = new HashSet<>();
        for (ActiveSequence row : rows) {
            if (row.adapter() != null) {
                busy.add(row.adapter());
            }
        }
        return busy;
    }

    /**
     * Runs one step, which adds at least one token to every answer; returns the rows that ended and
     * left.
     */
    List<ActiveSequence> step() {
        for (ActiveSequence row : rows) {
            if (row.handle().cancelled()) {
                row.cancel();
            }
        }
        List<ActiveSequence> ended = new ArrayList<>(removeEnded());
        if (!rows.isEmpty()) {
            compute(BatchSchedule.of(rows, prefixCache, settings.promptTokens()));
            ended.addAll(removeEnded());
        }
        return ended;
    }

    private void compute(BatchSchedule plan) {
        List<TopTokens> next;
        try {
            next = decode(plan);
        } catch (RuntimeException e) {
            plan.rows().forEach(row -> row.fail(e));
            return;
        }
        for (int i = 0; i < next.size(); i++) {
            plan.rows().get(i).accept(next.get(i));
        }
    }

    private List<TopTokens> decode(BatchSchedule plan) {
        steps++;
        try {
            return model.decode(plan.feeds(), tokenizer.vocabularySize());
        } catch (RuntimeException e) {
            if (prefixCache.isEmpty() || !(OutOfMemory.recognized(e) instanceof OutOfMemory)) {
                throw e;
            }
            prefixCache.close(); // running answers have priority over cached prefixes
            return model.decode(plan.feeds(), tokenizer.vocabularySize());
        }
    }

    private List<ActiveSequence> removeEnded() {
        List<ActiveSequence> ended = rows.stream().filter(ActiveSequence::ended).toList();
        for (ActiveSequence row : ended) {
            if (row.failure() == null) {
                prefixCache.add(row);
            } else {
                row.kvCache().close();
            }
        }
        rows.removeAll(ended);
        return ended;
    }

    /** Fails all running requests. */
    void failAll(RuntimeException cause) {
        for (ActiveSequence row : rows) {
            row.handle().fail(cause);
            row.kvCache().close();
        }
        rows.clear();
    }

    @Override
    public void close() {
        rows.forEach(row -> row.kvCache().close());
        rows.clear();
        prefixCache.close();
        adapterCache.close();
    }

    /** Completes the request of a row that ended, with its answer or its failure. */
    static void complete(ActiveSequence row) {
        RuntimeException failure = row.failure();
        if (failure != null) {
            row.handle().fail(failure);
        } else {
            row.handle().complete(row.completion());
        }
    }
}
