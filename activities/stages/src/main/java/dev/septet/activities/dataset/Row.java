package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;

/** One example to learn from or to be judged on. */
public sealed interface Row extends Reading permits ChatRow, CompletionRow, PreferenceRow, TextRow {
    /** What the model is asked, in plain words: the last question, or the prompt; may be empty. */
    String promptText();

    /** The answer that the model should give; empty for plain text, which asks nothing. */
    Optional<String> reference();

    /** The row as one example with the answer that the model should give. */
    default Row answered() {
        return this;
    }

    /** The same row with its texts changed. */
    Row edited(TextEdit edit);

    /** Writes the row's canonical fields into an object that is already open. */
    void writeFields(JsonGenerator json) throws IOException;
}
