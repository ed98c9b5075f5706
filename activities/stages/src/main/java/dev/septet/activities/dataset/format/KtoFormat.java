package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.text.PublicText;

/**
 * Reads {@code {"prompt", "completion", "label"}}, where the label says whether the answer is good.
 * No objective learns from bad answers, so their rows are left out.
 */
final class KtoFormat extends CompletionFormat {
    @Override
    public boolean excludes(ObjectNode record) {
        JsonNode label = record.path("label");
        return switch (label.asText().strip()) {
            case "true", "1" -> false;
            case "false", "0" -> true;
            default -> throw new RowProblem(PublicText.of("\"label\" must be true or false: is the answer good?"));
        };
    }
}
