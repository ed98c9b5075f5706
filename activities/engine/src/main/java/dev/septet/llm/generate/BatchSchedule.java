package dev.septet.llm.generate;

import dev.septet.llm.model.program.DecodingInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of one forward pass: the last token of every answer being generated, and parts of the
 * prompts being read. The prompts share a token budget evenly. A prefix that a prompt shares with
 * another sequence is copied from that sequence; if that sequence is just computing it, the prompt
 * waits.
 *
 * @param feeds one per row
 */
record BatchSchedule(List<ActiveSequence> rows, List<DecodingInput> feeds) {
    /** A shorter shared prefix is recomputed instead of waited for. */
    private static final int WORTH_WAITING = 16;

    /**
     * @param promptTokens maximum number of prompt tokens in this pass
     */
    static BatchSchedule of(List<ActiveSequence> running, PrefixCache prefixCache, int promptTokens) {
        Map<ActiveSequence, DecodingInput> plan = new LinkedHashMap<>();
        List<ActiveSequence> readers = new ArrayList<>();
        for (ActiveSequence row : running) {
            if (row.readsPrompt()) {
                reuse(row, running, prefixCache);
                readers.add(row);
            } else {
                plan.put(row, row.feed(1));
            }
        }
        readers.sort(Comparator.comparingInt(ActiveSequence::pending)); // short prompts leave budget to others
        Map<ActiveSequence, Integer> reading = new LinkedHashMap<>();
        int budget = promptTokens;
        for (int i = 0; i < readers.size() && budget > 0; i++) {
            ActiveSequence row = readers.get(i);
            if (reading.entrySet().stream().anyMatch(other -> computes(other.getKey(), other.getValue(), row))) {
                continue;
            }
            int share = Math.max(1, budget / (readers.size() - i));
            int size = Math.min(row.pending(), share);
            reading.put(row, size);
            budget -= size;
        }
        reading.forEach((row, size) -> plan.put(row, row.feed(size)));
        return byAdapter(plan);
    }

    /** Whether another row computes in this step the tokens that {@code row} needs next. */
    private static boolean computes(ActiveSequence other, int size, ActiveSequence row) {
        int length = row.kvCache().length();
        return other.kvCache().length() + size > length && row.shared(other) - length >= WORTH_WAITING;
    }

    private static void reuse(ActiveSequence row, List<ActiveSequence> running, PrefixCache prefixCache) {
        int length = row.kvCache().length();
        ActiveSequence best = null;
        int longest = length;
        for (ActiveSequence other : running) {
            int shared = Math.min(row.shared(other), other.kvCache().length());
            if (other != row && shared > longest) {
                best = other;
                longest = shared;
            }
        }
        PrefixCache.@Nullable CachedPrefix cached = prefixCache.longest(row);
        if (cached != null && PrefixCache.shared(row, cached) > longest) {
            prefixCache.markUsed(cached);
            row.copyPrefix(cached.kvCache(), PrefixCache.shared(row, cached));
        } else if (best != null) {
            row.copyPrefix(best.kvCache(), longest);
        }
    }

    /** Groups rows by adapter, because adjacent rows with the same adapter share its matrix products. */
    private static BatchSchedule byAdapter(Map<ActiveSequence, DecodingInput> plan) {
        Map<Object, List<ActiveSequence>> groups = new LinkedHashMap<>();
        Object none = new Object();
        for (ActiveSequence row : plan.keySet()) {
            Object adapter = row.adapter() == null ? none : row.adapter();
            groups.computeIfAbsent(adapter, key -> new ArrayList<>()).add(row);
        }
        List<ActiveSequence> rows =
                groups.values().stream().flatMap(List::stream).toList();
        return new BatchSchedule(
                rows,
                rows.stream().map(row -> Objects.requireNonNull(plan.get(row))).toList());
    }
}
