package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Ids that a service hands out. They become part of addresses, so anything else than a plain name is none. */
final class ServiceIds {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private ServiceIds() {}

    /** The id; empty when it is not a plain name. */
    static Optional<String> of(JsonNode json) {
        return json.isTextual() && ID.matcher(json.asText()).matches() ? Optional.of(json.asText()) : Optional.empty();
    }
}
