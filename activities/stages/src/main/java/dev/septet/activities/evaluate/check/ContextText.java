package dev.septet.activities.evaluate.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the context of a row. */
final class ContextText {
    /** A shorter context of a column may stand in the prompt by chance. */
    private static final int SHORTEST_COPY = 40;

    private ContextText() {}

    /** The context; empty for a row that has none. */
    static Optional<String> of(GroundingSpec spec, Row row, RowMeta meta) {
        String column = spec.context();
        String text;
        if (column != null) {
            JsonNode value = meta.values().get(column);
            text = value == null || value.isNull() ? "" : value.asText();
        } else {
            text = marked(spec, prompt(row.answered()));
        }
        return text.isBlank() ? Optional.empty() : Optional.of(text);
    }

    /** The prompt of a row without its context; empty where nothing else is in it. */
    static String question(GroundingSpec spec, Row row, String context) {
        String prompt = prompt(row.answered());
        int at = spec.context() != null && context.length() < SHORTEST_COPY ? -1 : prompt.indexOf(context);
        return at < 0 ? prompt.strip() : (prompt.substring(0, at) + prompt.substring(at + context.length())).strip();
    }

    /** All messages before the answer, with system messages, because a context is often in one. */
    private static String prompt(Row row) {
        if (row instanceof ChatRow chat) {
            return chat.prompt().stream().map(Message::text).collect(Collectors.joining("\n"));
        }
        return row instanceof CompletionRow completion ? completion.prompt() : "";
    }

    private static String marked(GroundingSpec spec, String prompt) {
        int from = 0;
        String begin = spec.begin();
        if (begin != null) {
            int at = prompt.indexOf(begin);
            if (at < 0) {
                return "";
            }
            from = at + begin.length();
        }
        String end = spec.end();
        int to = end == null ? prompt.length() : prompt.indexOf(end, from);
        return to < 0 ? "" : prompt.substring(from, to);
    }
}
