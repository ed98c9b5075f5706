package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.text.PublicText;

/**
 * Reads {@code {"prompt", "responses"}}: answers in order, the best first. The row becomes one pair,
 * the best and the worst answer: pairs of neighbours would repeat the same question, and differ less.
 */
final class RankedFormat implements RowFormat {
    private final PreferenceFormat pairs = new PreferenceFormat(ShareGptFormat.of(null));

    @Override
    public Row row(ObjectNode record, RowPlace place) {
        JsonNode responses = record.get("responses");
        if (responses == null || !responses.isArray()) {
            throw new RowProblem(
                    responses == null
                            ? PublicText.of("\"responses\" is missing, expected a list of answers, the best first")
                            : PublicText.of(
                                    "\"responses\" is %s, expected a list of answers, the best first",
                                    Fields.type(responses)));
        }
        if (responses.size() < 2) {
            throw new RowProblem(
                    PublicText.of("\"responses\" has %d answers, expected at least two", responses.size()));
        }
        for (int at = 0; at < responses.size(); at++) {
            if (!responses.get(at).isArray()) {
                Fields.text(responses.get(at), PublicText.of("responses[%d]", at));
            }
        }
        ObjectNode pair = JsonNodeFactory.instance.objectNode();
        for (String field : new String[] {"prompt", "tools"}) {
            if (record.has(field)) {
                pair.set(field, record.get(field));
            }
        }
        pair.set("chosen", responses.get(0));
        pair.set("rejected", responses.get(responses.size() - 1));
        return pairs.row(pair, place);
    }
}
