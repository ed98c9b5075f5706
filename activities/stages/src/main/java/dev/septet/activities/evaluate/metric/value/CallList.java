package dev.septet.activities.evaluate.metric.value;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.JsonValues;
import java.util.ArrayList;
import java.util.List;

/** The calls of tools at the end of an answer, as the evaluation writes them: a JSON list of names and arguments. */
record CallList(List<Call> calls) {
    record Call(String name, JsonNode arguments) {}

    /** The calls of an answer; none where it is only text. */
    static CallList of(String answer) {
        String text = answer.strip();
        int line = text.lastIndexOf('\n');
        JsonNode list = JsonValues.strict(text.substring(line + 1)).orElse(null);
        List<Call> calls = new ArrayList<>();
        if (list == null || !list.isArray()) {
            return new CallList(calls);
        }
        for (JsonNode call : list) {
            if (!call.path("name").isTextual() || !call.has("arguments")) {
                return new CallList(List.of());
            }
            calls.add(new Call(call.path("name").textValue(), call.path("arguments")));
        }
        return new CallList(calls);
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /**
     * Whether the two have the same calls, in any order; equal calls count as often as they occur.
     *
     * @param arguments whether the arguments must be equal as JSON
     */
    boolean sameAs(CallList other, boolean arguments) {
        List<Call> rest = new ArrayList<>(other.calls);
        for (Call call : calls) {
            int found = -1;
            for (int at = 0; at < rest.size() && found < 0; at++) {
                Call candidate = rest.get(at);
                if (candidate.name().equals(call.name())
                        && (!arguments || JsonValues.same(call.arguments(), candidate.arguments()))) {
                    found = at;
                }
            }
            if (found < 0) {
                return false;
            }
            rest.remove(found);
        }
        return rest.isEmpty();
    }
}
