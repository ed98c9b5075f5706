package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;

/** One example for training or evaluation. */
public sealed interface Row extends Reading permits ChatRow, CompletionRow, PreferenceRow, TextRow {
    /** The model's input as plain text: the last user message, or the prompt; may be empty. */
    String promptText();

    /** The expected answer; empty for plain text, which has no question. */
    Optional<String> reference();

    /** The row as one example with its expected answer. */
    default Row answered() {
        return this;
    }

    /** The same row with its texts changed. */
    Row edited(TextEdit edit);

    /** Writes the row's canonical fields into an object that is already open. */
    void writeFields(JsonGenerator json) throws IOException;
}
