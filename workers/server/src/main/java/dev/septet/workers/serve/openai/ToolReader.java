package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.constraint.CallableFunction;
import dev.septet.workers.serve.openai.ToolUse.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
final class ToolReader {
    /** As in OpenAI's API. */
    private static final int MAX_TOOLS = 128;

    private static final int MAX_CHARACTERS = 256 << 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private ToolReader() {}

    static ToolUse read(RequestFields fields) {
        JsonNode tools = fields.node("tools");
        JsonNode choice = fields.node("tool_choice");
        JsonNode parallel = fields.node("parallel_tool_calls");
        if (parallel != null && !parallel.isBoolean()) {
            throw ApiProblem.value("parallel_tool_calls", "'parallel_tool_calls' must be true or false");
        }
        List<CallableFunction> functions = tools == null ? List.of() : functions(tools);
        if (functions.isEmpty()) {
            if (choice != null
                    && !choice.asText().equals("none")
                    && !choice.asText().equals("auto")) {
                throw ApiProblem.value("tool_choice", "'tool_choice' needs 'tools'");
            }
            return ToolUse.NONE;
        }
        boolean several = parallel == null || parallel.booleanValue();
        if (choice == null || choice.isTextual()) {
            String word = choice == null ? "auto" : choice.textValue();
            return switch (word) {
                case "none" -> new ToolUse(tools, functions, Choice.NONE, null, several);
                case "auto" -> new ToolUse(tools, functions, Choice.AUTO, null, several);
                case "required" -> new ToolUse(tools, functions, Choice.REQUIRED, null, several);
                default -> throw choiceProblem();
            };
        }
        String named = named(choice);
        if (functions.stream().noneMatch(function -> function.name().equals(named))) {
            throw ApiProblem.value("tool_choice", "'tool_choice' names a function that is not in 'tools'");
        }
        return new ToolUse(tools, functions, Choice.REQUIRED, named, false);
    }

    private static String named(JsonNode choice) {
        JsonNode name = choice.path("function").path("name");
        if (!choice.path("type").asText().equals("function") || !name.isTextual()) {
            throw choiceProblem();
        }
        AnswerFormat.requireKnown(choice, "tool_choice", Set.of("type", "function"));
        return name.textValue();
    }

    private static ApiProblem choiceProblem() {
        return ApiProblem.value(
                "tool_choice",
                "'tool_choice' must be none, auto, required, or {\"type\": \"function\", \"function\": {\"name\":"
                        + " ...}}");
    }

    private static List<CallableFunction> functions(JsonNode tools) {
        if (!tools.isArray() || tools.size() > MAX_TOOLS) {
            throw ApiProblem.value(
                    "tools", String.format(Locale.ROOT, "'tools' must be a list of at most %d tools", MAX_TOOLS));
        }
        if (tools.toString().length() > MAX_CHARACTERS) {
            throw ApiProblem.value(
                    "tools",
                    String.format(Locale.ROOT, "'tools' has more than %d characters together", MAX_CHARACTERS));
        }
        List<CallableFunction> functions = new ArrayList<>();
        for (JsonNode tool : tools) {
            functions.add(function(tool, "tools[" + functions.size() + "]", functions));
        }
        return functions;
    }

    private static CallableFunction function(JsonNode tool, String place, List<CallableFunction> before) {
        JsonNode function = tool.path("function");
        if (!tool.path("type").asText().equals("function") || !function.isObject()) {
            throw ApiProblem.unsupported(
                    place, "'%s' must be {\"type\": \"function\", \"function\": {...}}".formatted(place));
        }
        AnswerFormat.requireKnown(tool, place, Set.of("type", "function"));
        AnswerFormat.requireKnown(function, place + ".function", Set.of("name", "description", "parameters", "strict"));
        String name = function.path("name").asText();
        if (!NAME.matcher(name).matches()
                || before.stream().anyMatch(other -> other.name().equals(name))) {
            throw ApiProblem.value(
                    place + ".function.name",
                    "'%s.function.name' must have 1 to 64 letters, digits, - or _, and be no other tool's name"
                            .formatted(place));
        }
        JsonNode parameters = present(function.path("parameters"));
        if (parameters != null && !parameters.isObject()) {
            throw ApiProblem.value(
                    place + ".function.parameters", "'%s.function.parameters' must be a schema".formatted(place));
        }
        JsonNode strict = present(function.path("strict"));
        if (strict != null && !strict.isBoolean()) {
            throw ApiProblem.value(
                    place + ".function.strict", "'%s.function.strict' must be true or false".formatted(place));
        }
        return new CallableFunction(
                name,
                parameters,
                strict != null && strict.booleanValue(),
                "/tools/" + before.size() + "/function/parameters");
    }

    private static @Nullable JsonNode present(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? null : node;
    }
}
