package dev.septet.activities.evaluate.metric.value;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.JsonValues;
import dev.septet.activities.evaluate.metric.MeanOfRows;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Mean over the rows of the fraction of equal fields among all fields of the reference's and the answer's JSON object. A
 * missing field, a wrong value and an invented field all cost the same. Values are compared as JSON. An answer that is no
 * object scores 0. A reference that is none is refused.
 */
public final class JsonFields extends MeanOfRows {
    @Override
    public String name() {
        return "jsonFields";
    }

    @Override
    protected double row(String reference, String answer) {
        Optional<JsonNode> expected = object(reference);
        Optional<JsonNode> found = object(answer);
        if (expected.isEmpty() || found.isEmpty()) {
            return 0;
        }
        Set<String> fields = new TreeSet<>();
        expected.get().fieldNames().forEachRemaining(fields::add);
        found.get().fieldNames().forEachRemaining(fields::add);
        long equal = fields.stream()
                .filter(field -> expected.get().has(field)
                        && found.get().has(field)
                        && JsonValues.same(
                                expected.get().get(field), found.get().get(field)))
                .count();
        return fields.isEmpty() ? 1 : (double) equal / fields.size();
    }

    @Override
    public Optional<Misfit> misfit(List<String> references) {
        for (int row = 0; row < references.size(); row++) {
            if (object(references.get(row)).isEmpty()) {
                return Optional.of(new Misfit(
                        row,
                        "has an answer that is no JSON object, but jsonFields compares the fields of objects",
                        "use `metric json` or a metric of texts, or rows whose answers are JSON objects"));
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonNode> object(String text) {
        return JsonValues.answered(text).filter(JsonNode::isObject);
    }
}
