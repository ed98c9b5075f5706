package dev.septet.llm.template.tool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a model writes calls of tools. The texts are those around the calls, with the texts of control
 * tokens.
 *
 * @param opening text before the first call; may be empty
 * @param between text between two calls; null where an answer has one call only
 * @param closing text after the last call
 * @param nameKey property with the name in the call's JSON object; null where the name is before the
 *     arguments, without quotes
 * @param middle text between a name without quotes and the arguments; empty otherwise
 * @param argumentsKey property with the arguments in the call's JSON object
 * @param ids whether the call's JSON object has an {@code id} of 9 letters and digits
 */
public record ToolCallFormat(
        String opening,
        @Nullable String between,
        String closing,
        @Nullable String nameKey,
        String middle,
        String argumentsKey,
        boolean ids) {
    /** Calls as JSON objects alone, for models whose templates write no calls. */
    public static final ToolCallFormat PLAIN = new ToolCallFormat("", "\n", "", "name", "", "arguments", false);

    private static final String FIRST = "septet_first";
    private static final String SECOND = "septet_second";
    private static final String DECLARED = "septet_declared";
    private static final String KEY = "septet_key";
    private static final String ID = "a1B2c3D4e";

    /** Where a call is in a text. */
    private record Place(
            int start, int end, @Nullable String nameKey, String middle, String argumentsKey, boolean ids) {}

    /**
     * Whether a template tells the model which tools there are.
     *
     * @throws TemplateProblem when it refuses conversations with tools
     */
    public static boolean offersTools(ChatTemplate template) {
        return template.render(new Chat(List.of(new ChatMessage("user", "x")), List.of(declared())), true)
                .contains(DECLARED);
    }

    /**
     * The format of a template: how it writes a call of an earlier turn.
     *
     * @param ends texts of the tokens that end an answer
     * @return {@link #PLAIN} where the template writes no calls, or in a form that is not known
     */
    public static ToolCallFormat of(ChatTemplate template, List<String> ends) {
        return rendered(template, List.of(FIRST))
                .flatMap(one -> format(template, one, ends))
                .orElse(PLAIN);
    }

    private static Optional<ToolCallFormat> format(ChatTemplate template, String one, List<String> ends) {
        Place first = place(one, FIRST, 0);
        if (first == null) {
            return Optional.empty();
        }
        String opening = afterReasoning(one.substring(0, first.start()));
        String closing = beforeEnd(one.substring(first.end()), ends);
        if (closing.contains(ID) || opening.contains(ID) || closing.length() > 200 || opening.length() > 200) {
            return Optional.empty();
        }
        return Optional.of(new ToolCallFormat(
                opening,
                between(template, closing, ends),
                closing,
                first.nameKey(),
                first.middle(),
                first.argumentsKey(),
                first.ids()));
    }

    private static @Nullable String between(ChatTemplate template, String closing, List<String> ends) {
        String two = rendered(template, List.of(FIRST, SECOND)).orElse("");
        Place first = place(two, FIRST, 0);
        Place second = first == null ? null : place(two, SECOND, first.end());
        if (first == null
                || second == null
                || !beforeEnd(two.substring(second.end()), ends).equals(closing)) {
            return null;
        }
        String between = two.substring(first.end(), second.start());
        return ends.stream().anyMatch(between::contains) ? null : between;
    }

    private static String afterReasoning(String opening) {
        int end = opening.lastIndexOf("</think>");
        return (end < 0 ? opening : opening.substring(end + "</think>".length())).stripLeading();
    }

    private static String beforeEnd(String closing, List<String> ends) {
        int cut = closing.length();
        for (String end : ends) {
            int at = end.isEmpty() ? -1 : closing.indexOf(end);
            cut = at < 0 ? cut : Math.min(cut, at);
        }
        return closing.substring(0, cut).stripTrailing();
    }

    /** What the template writes for an assistant's message with these calls. */
    private static Optional<String> rendered(ChatTemplate template, List<String> names) {
        List<Object> calls = new ArrayList<>();
        for (String name : names) {
            calls.add(object(
                    "id", ID, "type", "function", "function", object("name", name, "arguments", object(KEY, "x"))));
        }
        ChatMessage user = new ChatMessage("user", "x");
        ChatMessage assistant = new ChatMessage(ChatMessage.ASSISTANT, null, Map.of(ChatMessage.TOOL_CALLS, calls));
        try {
            String prompt = template.render(new Chat(List.of(user), List.of(declared())), true);
            String whole = template.render(new Chat(List.of(user, assistant), List.of(declared())), false);
            int same = 0;
            while (same < Math.min(prompt.length(), whole.length()) && prompt.charAt(same) == whole.charAt(same)) {
                same++;
            }
            // A text that begins otherwise, such as with reasoning, may share the first letter of its mark.
            while (same < prompt.length() && same > 0 && "> ]\n".indexOf(whole.charAt(same - 1)) < 0) {
                same--;
            }
            return Optional.of(whole.substring(same));
        } catch (TemplateProblem refused) {
            return Optional.empty();
        }
    }

    private static Map<String, Object> declared() {
        Map<String, Object> parameters = object("type", "object", "properties", Map.of(), "required", List.of());
        return object(
                "type", "function", "function", object("name", DECLARED, "description", "x", "parameters", parameters));
    }

    /** An object with its properties in this order: templates write it as it is. */
    private static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    private static @Nullable Place place(String text, String name, int from) {
        int at = text.indexOf(name, from);
        if (at < 0) {
            return null;
        }
        for (int start = text.indexOf('{', from); start >= 0 && start < at; start = text.indexOf('{', start + 1)) {
            Place found = object(text, start, name);
            if (found != null) {
                return found;
            }
        }
        int arguments = text.indexOf('{', at);
        int end = arguments < 0 ? -1 : end(text, arguments);
        if (end < 0 || !(parsed(text, arguments) instanceof ObjectNode object) || !isArguments(object)) {
            return null;
        }
        return new Place(at, end, null, text.substring(at + name.length(), arguments), "", false);
    }

    private static @Nullable Place object(String text, int start, String name) {
        if (!(parsed(text, start) instanceof ObjectNode call)) {
            return null;
        }
        String nameKey = null;
        String argumentsKey = null;
        boolean ids = false;
        for (Map.Entry<String, JsonNode> property : call.properties()) {
            if (property.getValue().asText().equals(name) && argumentsKey == null) {
                nameKey = property.getKey();
            } else if (property.getValue() instanceof ObjectNode arguments && isArguments(arguments)) {
                argumentsKey = property.getKey();
            } else if (property.getKey().equals("id") && argumentsKey != null) {
                ids = true;
            } else {
                return null;
            }
        }
        return nameKey == null || argumentsKey == null
                ? null
                : new Place(start, end(text, start), nameKey, "", argumentsKey, ids);
    }

    private static boolean isArguments(ObjectNode object) {
        return object.size() == 1 && object.path(KEY).asText().equals("x");
    }

    private static @Nullable JsonNode parsed(String text, int start) {
        int end = end(text, start);
        try {
            return end < 0 ? null : StrictJson.MAPPER.readTree(text.substring(start, end));
        } catch (IOException e) {
            return null;
        }
    }

    private static int end(String text, int start) {
        try (JsonParser parser = StrictJson.MAPPER.getFactory().createParser(text.substring(start))) {
            parser.nextToken();
            parser.skipChildren();
            return start + (int) parser.currentLocation().getCharOffset();
        } catch (IOException e) {
            return -1;
        }
    }

    /**
     * The beginning of {@link #opening} by which a call is recognized in a text; empty where a call
     * is recognized by its JSON object alone.
     */
    public String trigger() {
        String text = opening.strip();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i))) {
                return text.substring(0, i);
            }
        }
        return text;
    }

    /** All texts around calls, which may contain control tokens. */
    public List<String> texts() {
        return List.of(opening, between == null ? "" : between, closing, middle);
    }
}
