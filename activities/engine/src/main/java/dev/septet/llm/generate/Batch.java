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
    private final AdapterShelf shelf;
    private final PrefixCache kept;
    private final List<ActiveSequence> rows = new ArrayList<>();
    private long steps;

    Batch(LanguageModel model, Tokenizer tokenizer, AdapterFolders adapters, EngineSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.shelf = new AdapterShelf(model, adapters, settings.adapters());
        this.kept = new PrefixCache(settings.keptTokens());
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
    long kept() {
        return kept.tokens();
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
            adapter = shelf.find(request.adapter().get(), busy(), kept::drop);
            if (adapter == null) {
                return false;
            }
        }
        int room = PromptChecks.room(model.config(), request.prompt());
        Answer answer = new Answer(
                request.prompt(),
                request.options(),
                Math.min(request.options().maxNewTokens(), room),
                tokenizer,
                ticket.listener());
        rows.add(new ActiveSequence(ticket, answer, model.newSequence(), adapter, settings.draftTokens()));
        return true;
    }

    private Set<LoadedAdapter> busy() {
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
            if (row.ticket().cancelled()) {
                row.cancel();
            }
        }
        List<ActiveSequence> ended = new ArrayList<>(leave());
        if (!rows.isEmpty()) {
            compute(BatchSchedule.of(rows, kept, settings.promptTokens()));
            ended.addAll(leave());
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
            plan.rows().get(i).take(next.get(i));
        }
    }

    private List<TopTokens> decode(BatchSchedule plan) {
        steps++;
        try {
            return model.decode(plan.feeds(), tokenizer.vocabularySize());
        } catch (OutOfMemory e) {
            if (kept.isEmpty()) {
                throw e;
            }
            kept.close(); // running answers have priority over cached prefixes
            return model.decode(plan.feeds(), tokenizer.vocabularySize());
        }
    }

    private List<ActiveSequence> leave() {
        List<ActiveSequence> ended = rows.stream().filter(ActiveSequence::ended).toList();
        for (ActiveSequence row : ended) {
            if (row.failure() == null) {
                kept.keep(row);
            } else {
                row.sequence().close();
            }
        }
        rows.removeAll(ended);
        return ended;
    }

    /** Fails all running requests. */
    void abandon(RuntimeException why) {
        for (ActiveSequence row : rows) {
            row.ticket().fail(why);
            row.sequence().close();
        }
        rows.clear();
    }

    @Override
    public void close() {
        rows.forEach(row -> row.sequence().close());
        rows.clear();
        kept.close();
        shelf.close();
    }

    /** Completes the request of a row that ended, with its answer or its failure. */
    static void settle(ActiveSequence row) {
        RuntimeException failure = row.failure();
        if (failure != null) {
            row.ticket().fail(failure);
        } else {
            row.ticket().complete(row.completion());
        }
    }
}
