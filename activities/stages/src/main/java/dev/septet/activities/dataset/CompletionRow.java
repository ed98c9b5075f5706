package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.Optional;

/** A prompt and its completion, without a chat template. */
public record CompletionRow(String prompt, String completion, RowPlace place) implements Row {
    public CompletionRow {
        if (completion.isBlank()) {
            throw new RowProblem(PublicText.of("completion is empty"));
        }
    }

    @Override
    public String promptText() {
        return prompt;
    }

    @Override
    public Optional<String> reference() {
        return Optional.of(completion);
    }

    @Override
    public CompletionRow edited(TextEdit edit) {
        return new CompletionRow(edit.apply("prompt", prompt), edit.apply("completion", completion), place);
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("prompt", prompt);
        json.writeStringField("completion", completion);
    }
}
