package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.Optional;

/** Plain text; the loss covers all of it. */
public record TextRow(String text, RowPlace place) implements Row {
    public TextRow {
        if (text.isBlank()) {
            throw new RowProblem(PublicText.of("text is empty"));
        }
    }

    @Override
    public String promptText() {
        return "";
    }

    @Override
    public Optional<String> reference() {
        return Optional.empty();
    }

    @Override
    public TextRow edited(TextEdit edit) {
        return new TextRow(edit.apply("text", text), place);
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("text", text);
    }
}
