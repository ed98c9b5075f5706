package dev.septet.activities.attempt;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.AttemptTally;
import java.io.IOException;
import java.util.Optional;

/**
 * The tally of attempts between two rounds of a scope. Each round is an activity of its own, so the server does not
 * carry the tally from round to round.
 */
record RoundTally(ArtifactStore store, String scope) {
    AttemptTally read() throws IOException {
        Optional<String> text = store.record(name());
        return text.isEmpty() ? AttemptTally.FIRST : SpecJson.mapper().readValue(text.get(), AttemptTally.class);
    }

    /** Writes the tally, unless the record has it: most rounds change nothing. */
    void write(AttemptTally before, AttemptTally now, Fence fence) throws IOException {
        if (!now.equals(before)) {
            store.putRecord(name(), SpecJson.mapper().writeValueAsString(now), fence);
        }
    }

    private String name() {
        return "tally/" + scope;
    }
}
