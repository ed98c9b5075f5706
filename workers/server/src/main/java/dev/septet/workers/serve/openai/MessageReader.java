package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.PlainData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code messages}. The content of each is a string or a list of text parts. */
record MessageReader(RequestLimits limits) {
    private static final int MAX_CALLS = 128;

    /** Names and ids are in the audit log as they are, so they have no room for other data. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

    /** Roles in requests, with the role names of chat templates. */
    private static final Map<String, String> ROLES = Map.of(
            "system", "system",
            "developer", "system",
            "user", "user",
            "tool", "tool",
            "assistant", ChatMessage.ASSISTANT);

    List<ChatMessage> read(@Nullable JsonNode messages) {
        if (messages == null || !messages.isArray() || messages.isEmpty()) {
            throw ApiProblem.value("messages", "'messages' must be a list of at least one message");
        }
        if (messages.size() > limits.messages()) {
            throw ApiProblem.value(
                    "messages",
                    String.format(
                            Locale.ROOT,
                            "'messages' has %d messages, more than %d",
                            messages.size(),
                            limits.messages()));
        }
        List<ChatMessage> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            String place = "messages[" + turns.size() + "]";
            String role = ROLES.get(message.path("role").asText());
            if (role == null) {
                throw ApiProblem.value(
                        place + ".role",
                        "'%s.role' must be system, developer, user, assistant or tool".formatted(place));
            }
            turns.add(message(role, message, place));
        }
        return turns;
    }

    private static ChatMessage message(String role, JsonNode message, String place) {
        JsonNode content = message.path("content");
        if (role.equals("tool")) {
            JsonNode id = message.path("tool_call_id");
            requireName(id, place + ".tool_call_id");
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("tool_call_id", id.textValue());
            if (message.hasNonNull("name")) {
                requireName(message.path("name"), place + ".name");
                fields.put("name", message.path("name").textValue());
            }
            return new ChatMessage(role, content(content, place + ".content"), fields);
        }
        if (message.hasNonNull("function_call")) {
            throw ApiProblem.unsupported(
                    place + ".function_call", "'%s.function_call' is not supported: use tool_calls".formatted(place));
        }
        if (!role.equals(ChatMessage.ASSISTANT)) {
            return new ChatMessage(role, content(content, place + ".content"));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        if (message.path("reasoning_content").isTextual()) {
            fields.put("reasoning_content", message.path("reasoning_content").textValue());
        }
        boolean calls =
                message.hasNonNull("tool_calls") && !message.path("tool_calls").isEmpty();
        if (calls) {
            fields.put(ChatMessage.TOOL_CALLS, calls(message.path("tool_calls"), place + ".tool_calls"));
        }
        boolean none = calls && (content.isMissingNode() || content.isNull());
        return new ChatMessage(role, none ? null : content(content, place + ".content"), fields);
    }

    private static void requireName(JsonNode name, String field) {
        if (!name.isTextual() || !NAME.matcher(name.textValue()).matches()) {
            throw ApiProblem.value(
                    field, "'%s' must have 1 to 64 letters, digits, - _ . or :, as in the answer".formatted(field));
        }
    }

    private static List<Object> calls(JsonNode calls, String list) {
        if (!calls.isArray() || calls.size() > MAX_CALLS) {
            throw ApiProblem.value(
                    list, String.format(Locale.ROOT, "'%s' must be a list of at most %d calls", list, MAX_CALLS));
        }
        List<Object> all = new ArrayList<>();
        for (JsonNode call : calls) {
            String place = list + "[" + all.size() + "]";
            JsonNode function = call.path("function");
            if (!call.path("id").isTextual()
                    || !function.path("name").isTextual()
                    || !function.path("arguments").isTextual()) {
                throw ApiProblem.value(
                        place,
                        "'%s' must have an 'id' and a 'function' with 'name' and 'arguments', all strings"
                                .formatted(place));
            }
            requireName(call.path("id"), place + ".id");
            requireName(function.path("name"), place + ".function.name");
            Map<String, Object> called = new LinkedHashMap<>();
            called.put("name", function.path("name").textValue());
            called.put("arguments", arguments(function.path("arguments").textValue(), place));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", call.path("id").textValue());
            one.put("type", "function");
            one.put("function", called);
            all.add(one);
        }
        return all;
    }

    /** Templates write arguments as an object. */
    private static Map<String, Object> arguments(String written, String place) {
        String field = place + ".function.arguments";
        try {
            if (StrictJson.MAPPER.readTree(written.isBlank() ? "{}" : written) instanceof ObjectNode object) {
                return PlainData.of(object);
            }
        } catch (JsonProcessingException | IllegalArgumentException invalid) {
            // reported below
        }
        throw ApiProblem.value(field, "'%s' must be the text of a JSON object".formatted(field));
    }

    private static String content(JsonNode content, String place) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        if (!content.isArray() || content.isEmpty()) {
            throw ApiProblem.value(place, "'%s' must be a string or a list of text parts".formatted(place));
        }
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                throw ApiProblem.unsupported(
                        place, "'%s' has a part that is not text; this server reads text only".formatted(place));
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }
}
