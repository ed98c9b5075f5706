package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.record.JsonTexts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of a tool by the assistant.
 *
 * @param id the call's name for its result; null when the file gives none
 * @param name name of the called function
 * @param arguments an object, or a text that is meant to be JSON, as in the file
 */
public record MessageToolCall(@Nullable String id, String name, JsonNode arguments) {
    /** The call as in OpenAI's API and in transformers. */
    public ObjectNode json() {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        if (id != null) {
            call.put("id", id);
        }
        call.put("type", "function");
        call.putObject("function").put("name", name).set("arguments", arguments);
        return call;
    }

    static ArrayNode json(List<MessageToolCall> calls) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        calls.forEach(call -> all.add(call.json()));
        return all;
    }

    /** Names and arguments as JSON with sorted properties: equal calls have equal texts. */
    static String canonical(List<MessageToolCall> calls) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (MessageToolCall call : calls) {
            JsonNode arguments = call.arguments.isTextual()
                    ? JsonTexts.parsed(call.arguments.textValue()).orElse(call.arguments)
                    : call.arguments;
            all.addObject().put("name", call.name).set("arguments", arguments);
        }
        return JsonTexts.canonical(all);
    }

    MessageToolCall edited(String field, TextEdit edit) {
        return new MessageToolCall(
                id,
                edit.apply(field + ".function.name", name),
                JsonTexts.edited(arguments, field + ".function.arguments", edit));
    }
}
