package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.MessageToolCall;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tools of a row and calls of a message. The older names {@code functions} and {@code function_call}
 * become the current ones.
 */
final class ToolFields {
    /** More than any model can choose from; a bound for hostile files. */
    private static final int MOST_TOOLS = 1024;

    private static final int MOST_CALLS = 256;

    private ToolFields() {}

    /** The tools of a record: {@code tools} or {@code functions}, a list or the JSON text of a list. */
    static List<JsonNode> tools(ObjectNode record) {
        JsonNode tools = list(record, "tools", PublicText.of("\"tools\""), MOST_TOOLS);
        JsonNode functions = list(record, "functions", PublicText.of("\"functions\""), MOST_TOOLS);
        if (!tools.isEmpty() && !functions.isEmpty()) {
            throw new RowProblem(PublicText.of("has \"tools\" and \"functions\", expected one of both"));
        }
        List<JsonNode> read = new ArrayList<>();
        for (JsonNode tool : tools) {
            read.add(tool(tool, PublicText.of("tools[%d]", read.size())));
        }
        for (JsonNode function : functions) {
            JsonNode known = tool(function, PublicText.of("functions[%d]", read.size()));
            ObjectNode tool = JsonNodeFactory.instance.objectNode().put("type", "function");
            read.add(tool.set("function", known));
        }
        return read;
    }

    private static JsonNode tool(JsonNode tool, PublicText what) {
        if (!tool.isObject()) {
            throw new RowProblem(PublicText.of("%s is %s, expected a JSON schema", what, Fields.type(tool)));
        }
        JsonNode function = tool.path("function").isObject() ? tool.get("function") : tool;
        if (function.path("name").asText().isBlank()) {
            throw new RowProblem(PublicText.of("%s has no name", what));
        }
        return JsonTexts.checked(tool, what);
    }

    /** The calls of a message: {@code tool_calls}, or one {@code function_call}. */
    static List<MessageToolCall> calls(ObjectNode message, PublicText what) {
        List<MessageToolCall> calls = new ArrayList<>();
        for (JsonNode call : list(message, "tool_calls", PublicText.of("%s.tool_calls", what), MOST_CALLS)) {
            calls.add(call(call, PublicText.of("%s.tool_calls[%d]", what, calls.size())));
        }
        JsonNode older = message.get("function_call");
        if (older != null && !older.isNull()) {
            if (!calls.isEmpty()) {
                throw new RowProblem(
                        PublicText.of("%s has \"tool_calls\" and \"function_call\", expected one of both", what));
            }
            calls.add(call(older, PublicText.of("%s.function_call", what)));
        }
        return calls;
    }

    /** A call as {@code {"id", "type", "function": {"name", "arguments"}}} or {@code {"name", "arguments"}}. */
    static MessageToolCall call(JsonNode call, PublicText what) {
        if (!call.isObject()) {
            throw new RowProblem(PublicText.of(
                    "%s is %s, expected {\"function\": {\"name\", \"arguments\"}}", what, Fields.type(call)));
        }
        JsonNode function = call.path("function").isObject() ? call.get("function") : call;
        if (!call.path("type").asText("function").equals("function")) {
            throw new RowProblem(PublicText.of("%s.type must be function", what));
        }
        JsonNode name = function.get("name");
        if (name == null || name.asText().isBlank()) {
            throw new RowProblem(PublicText.of("%s has no function name", what));
        }
        return new MessageToolCall(
                id(call, what),
                Fields.text(name, PublicText.of("%s.name", what)),
                arguments(function.get("arguments"), PublicText.of("%s.arguments", what)));
    }

    private static @Nullable String id(JsonNode call, PublicText what) {
        JsonNode id = call.get("id");
        if (id == null || id.isNull() || id.asText().isEmpty()) {
            return null;
        }
        PublicText place = PublicText.of("%s.id", what);
        return MessageFields.checkedId(Fields.text(id, place), place);
    }

    private static JsonNode arguments(@Nullable JsonNode arguments, PublicText what) {
        if (arguments == null || arguments.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!arguments.isObject() && !arguments.isTextual()) {
            throw new RowProblem(
                    PublicText.of("%s is %s, expected an object or the text of one", what, Fields.type(arguments)));
        }
        return JsonTexts.checked(arguments, what);
    }

    /** A list, or a text that is a JSON list; empty for none. */
    private static JsonNode list(ObjectNode object, String name, PublicText what, int most) {
        JsonNode value = object.get(name);
        if (value == null
                || value.isNull()
                || (value.isTextual() && value.textValue().isBlank())) {
            return JsonNodeFactory.instance.arrayNode();
        }
        JsonNode list = value.isTextual() ? JsonTexts.parsed(value.textValue()).orElse(value) : value;
        if (!list.isArray()) {
            throw new RowProblem(PublicText.of("%s is %s, expected a list", what, Fields.type(value)));
        }
        if (list.size() > most) {
            throw new RowProblem(PublicText.of("%s has %d items, expected at most %d", what, list.size(), most));
        }
        return list;
    }
}
