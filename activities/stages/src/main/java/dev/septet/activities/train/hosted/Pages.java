package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import java.util.Optional;

/**
 * A list of a service, which it gives in pages.
 *
 * @param path of the first page, with a query
 */
record Pages(EndpointClient client, String path) {
    /** A service that repeats pages for ever must not keep a worker. */
    private static final int MOST = 200;

    /** Takes an element. */
    interface Taker {
        /** Whether it wants the next one. */
        boolean take(JsonNode element);
    }

    /**
     * Gives all elements until the taker has enough.
     *
     * @return false when the list ends before its last element, or is none
     */
    boolean forEach(Taker taker) throws Failure {
        String next = path;
        String after = "";
        for (int page = 0; page < MOST; page++) {
            JsonNode answer = client.get(next);
            Optional<String> last = Optional.empty();
            JsonNode data = answer.path("data");
            if (!data.isArray() && !data.isNull()) {
                return false;
            }
            for (JsonNode element : data) {
                if (!taker.take(element)) {
                    return true;
                }
                last = ServiceIds.of(element.path("id"));
            }
            if (!answer.path("has_more").asBoolean(false)) {
                return true;
            }
            if (last.isEmpty() || last.get().equals(after)) {
                return false;
            }
            after = last.get();
            next = "%s&after=%s".formatted(path, after);
        }
        return false;
    }
}
