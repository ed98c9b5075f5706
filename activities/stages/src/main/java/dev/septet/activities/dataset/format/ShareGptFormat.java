package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"conversations": [{"from": "human", "value": "..."}, ...], "system", "tools"}}. A
 * call of a tool is a message from {@code function_call}, whose value is the JSON of the call or of a
 * list of calls. A message may also name its author and text as OpenAI's API does.
 *
 * @param roles from a file's word to the role; {@code call} is the assistant's call of a tool
 */
record ShareGptFormat(Map<String, String> roles) implements RowFormat {
    private static final String CALL = "call";
    private static final Map<String, String> USUAL = Map.ofEntries(
            Map.entry("system", "system"),
            Map.entry("developer", "developer"),
            Map.entry("human", "user"),
            Map.entry("user", "user"),
            Map.entry("gpt", "assistant"),
            Map.entry("chatgpt", "assistant"),
            Map.entry("model", "assistant"),
            Map.entry("bot", "assistant"),
            Map.entry("assistant", "assistant"),
            Map.entry("function_call", CALL),
            Map.entry("tool_call", CALL),
            Map.entry("observation", "tool"),
            Map.entry("tool", "tool"),
            Map.entry("tool_response", "tool"),
            Map.entry("function_response", "tool"),
            Map.entry("function", "tool"));

    static ShareGptFormat of(@Nullable RowNamesSpec names) {
        Map<String, String> roles = new HashMap<>(USUAL);
        if (names != null) {
            names.roles().forEach((role, word) -> roles.put(word, role));
        }
        return new ShareGptFormat(Map.copyOf(roles));
    }

    @Override
    public Row row(ObjectNode record, RowPlace place) {
        return new ChatRow(messages(record), ToolFields.tools(record), place);
    }

    /** The messages of {@code conversations}, after those of {@code system}. */
    List<Message> messages(ObjectNode record) {
        JsonNode list = record.get("conversations");
        if (list == null || !list.isArray()) {
            throw new RowProblem(
                    list == null
                            ? PublicText.of("\"conversations\" is missing, expected a list of messages")
                            : PublicText.of("\"conversations\" is %s, expected a list of messages", Fields.type(list)));
        }
        List<Message> messages = new ArrayList<>();
        Fields.optionalText(record, "system")
                .filter(system -> !system.isBlank())
                .ifPresent(system -> messages.add(new Message(ChatRole.SYSTEM, system)));
        int at = 0;
        for (JsonNode message : list) {
            messages.add(message(message, PublicText.of("conversations[%d]", at++)));
        }
        return messages;
    }

    /** A message with {@code from} and {@code value}, or with {@code role} and {@code content}. */
    Message message(JsonNode node, PublicText what) {
        if (!node.isObject()) {
            throw new RowProblem(PublicText.of("%s is %s, expected {\"from\", \"value\"}", what, Fields.type(node)));
        }
        ObjectNode message = node.deepCopy();
        rename(message, "from", "role");
        rename(message, "value", "content");
        JsonNode word = message.get("role");
        String role = word == null ? null : roles.get(word.asText().strip());
        if (role == null) {
            throw new RowProblem(PublicText.of(
                    "%s.from must be human, gpt, system, function_call or observation, got %s; declare other words"
                            + " with `roles`",
                    what, word == null ? PublicText.of("nothing") : PublicText.of("another word")));
        }
        message.put("role", role.equals(CALL) ? "assistant" : role);
        if (role.equals(CALL)) {
            calls(message, what);
        }
        return new MessageFields(message, what).read();
    }

    private static void rename(ObjectNode message, String from, String to) {
        if (!message.has(to) && message.has(from)) {
            message.set(to, message.remove(from));
        }
    }

    private static void calls(ObjectNode message, PublicText what) {
        JsonNode value = message.path("content");
        Optional<JsonNode> calls = value.isTextual() ? JsonTexts.parsed(value.textValue()) : Optional.of(value);
        if (calls.isEmpty() || !calls.get().isContainerNode() || calls.get().isEmpty()) {
            throw new RowProblem(PublicText.of(
                    "%s.value is not the JSON of a call, expected {\"name\", \"arguments\"} or a list of them", what));
        }
        message.putNull("content");
        if (calls.get().isArray()) {
            message.set("tool_calls", calls.get());
        } else {
            message.putArray("tool_calls").add(calls.get());
        }
    }
}
