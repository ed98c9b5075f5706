package dev.septet.workers.serve.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest answers by id. Feedback is accepted only on these, and only a limited number of times
 * on each.
 */
final class KnownAnswers {
    /**
     * Most feedback records on one answer; a person may change an opinion, but not without limit.
     */
    static final int MAX_FEEDBACK = 8;

    private static final int MAX = 100_000;

    private final Map<String, Known> byId = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX;
        }
    };

    /** An answer's pipeline, the API key that got it, and its number of feedback records. */
    record Known(String pipeline, @Nullable String key, int feedback) {}

    synchronized void add(String id, String pipeline, @Nullable String key) {
        byId.put(id, new Known(pipeline, key, 0));
    }

    synchronized void judged(String id) {
        byId.computeIfPresent(id, (same, known) -> new Known(known.pipeline(), known.key(), known.feedback() + 1));
    }

    synchronized @Nullable Known find(String id) {
        return byId.get(id);
    }
}
