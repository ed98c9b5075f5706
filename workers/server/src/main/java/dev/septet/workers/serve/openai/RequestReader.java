package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.template.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of the two completion endpoints. A parameter that would change an answer and is
 * not supported is refused. A parameter that only matters to a hosting company is ignored.
 */
public record RequestReader(RequestLimits limits) {
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key");

    /** As in OpenAI's API. */
    private static final int MAX_TOP_LOGPROBS = 20;

    /** Reads a body of {@code /v1/chat/completions}. */
    public CompletionRequest chat(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String model = fields.required("model");
        List<ChatMessage> messages = new MessageReader(limits).read(fields.node("messages"));
        Unsupported.chat(fields);
        Long most = tokens(fields, "max_completion_tokens");
        Long older = tokens(fields, "max_tokens");
        boolean logs = fields.flag("logprobs");
        Long top = fields.whole("top_logprobs", 0, MAX_TOP_LOGPROBS);
        if (top != null && top > 0 && !logs) {
            throw ApiProblem.value("top_logprobs", "'top_logprobs' needs 'logprobs': true");
        }
        AnswerFormat format = AnswerFormat.of(fields.node("response_format"));
        return request(
                fields,
                model,
                messages,
                List.of(),
                List.of(),
                false,
                most == null ? older : most,
                format,
                logs ? (int) (top == null ? 0 : top) : -1,
                tools(fields, format, logs));
    }

    private static ToolUse tools(RequestFields fields, AnswerFormat format, boolean logs) {
        ToolUse tools = ToolReader.read(fields);
        if (tools.active() && format.json()) {
            throw ApiProblem.unsupported(
                    "response_format",
                    "'response_format' together with 'tools' is not supported: set 'tool_choice' to none");
        }
        if (tools.active() && logs) {
            throw ApiProblem.unsupported("logprobs", "'logprobs' together with 'tools' is not supported");
        }
        return tools;
    }

    /** Reads a body of {@code /v1/completions}. */
    public CompletionRequest text(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String model = fields.required("model");
        List<List<Integer>> ids = ids(fields.node("prompt"));
        List<String> prompts = ids.isEmpty() ? prompts(fields.node("prompt")) : List.of();
        Unsupported.text(fields);
        boolean echo = fields.flag("echo");
        Long most = tokens(fields, "max_tokens");
        // The default of this endpoint in OpenAI's API.
        Long limit = most == null ? Long.valueOf(16) : most;
        Long top = fields.whole("logprobs", 0, MAX_TOP_LOGPROBS);
        return request(
                fields,
                model,
                List.of(),
                prompts,
                ids,
                echo,
                limit,
                AnswerFormat.TEXT,
                top == null ? -1 : top.intValue(),
                ToolUse.NONE);
    }

    private CompletionRequest request(
            RequestFields fields,
            String model,
            List<ChatMessage> messages,
            List<String> prompts,
            List<List<Integer>> promptIds,
            boolean echo,
            @Nullable Long maxTokens,
            AnswerFormat format,
            int topLogProbabilities,
            ToolUse tools) {
        Long n = fields.whole("n", 1, limits.answers());
        int choices = n == null ? 1 : n.intValue();
        int count = Math.max(prompts.size(), promptIds.size());
        if (Math.max(1, count) * choices > limits.answers()) {
            throw ApiProblem.value(
                    "n",
                    String.format(
                            Locale.ROOT,
                            "%d prompts with n = %d are more than the %d answers of one request",
                            count,
                            choices,
                            limits.answers()));
        }
        Unsupported.both(fields);
        boolean stream = fields.flag("stream");
        CompletionRequest completionRequest = new CompletionRequest(
                model,
                messages,
                prompts,
                promptIds,
                choices,
                maxTokens == null ? null : Math.toIntExact(maxTokens),
                fields.number("temperature", 0, 2, 1),
                topP(fields),
                fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                stops(fields.node("stop")),
                stream,
                includeUsage(fields.node("stream_options"), stream),
                echo,
                fields.text("user"),
                format,
                topLogProbabilities,
                tools);
        fields.requireKnown(WITHOUT_EFFECT);
        return completionRequest;
    }

    private static @Nullable Long tokens(RequestFields fields, String name) {
        return fields.whole(name, 1, Integer.MAX_VALUE);
    }

    private static double topP(RequestFields fields) {
        double topP = fields.number("top_p", 0, 1, 1);
        if (topP == 0) {
            throw ApiProblem.value(
                    "top_p",
                    "'top_p' must be above 0; for the most probable token" + " each time set 'temperature' to 0");
        }
        return topP;
    }

    /** Lists of token ids; empty where the prompts are texts. */
    private static List<List<Integer>> ids(@Nullable JsonNode prompt) {
        if (prompt == null
                || !prompt.isArray()
                || prompt.isEmpty()
                || prompt.path(0).isTextual()) {
            return List.of();
        }
        List<List<Integer>> all = new ArrayList<>();
        for (JsonNode one : prompt.path(0).isArray() ? prompt : List.of(prompt)) {
            List<Integer> ids = new ArrayList<>();
            for (JsonNode id : one) {
                if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
                    throw ApiProblem.value(
                            "prompt", "'prompt' must be a string, a list of strings, or lists of token ids");
                }
                ids.add(id.intValue());
            }
            if (ids.isEmpty()) {
                throw ApiProblem.value("prompt", "'prompt' has a list without token ids");
            }
            all.add(ids);
        }
        return all;
    }

    private static List<String> prompts(@Nullable JsonNode prompt) {
        List<String> prompts = new ArrayList<>();
        for (JsonNode text : prompt == null || !prompt.isArray() ? one(prompt) : prompt) {
            if (!text.isTextual()) {
                throw ApiProblem.unsupported(
                        "prompt", "'prompt' must be a string, a list of strings, or lists of token ids");
            }
            prompts.add(text.textValue());
        }
        if (prompts.isEmpty() || prompts.contains("")) {
            throw ApiProblem.value("prompt", "'prompt' is missing or empty");
        }
        return prompts;
    }

    private List<String> stops(@Nullable JsonNode stop) {
        List<String> stops = new ArrayList<>();
        for (JsonNode text : stop == null || !stop.isArray() ? one(stop) : stop) {
            if (!text.isTextual() || text.textValue().isEmpty()) {
                throw ApiProblem.value("stop", "'stop' must be a string or a list of strings, none of them empty");
            }
            stops.add(text.textValue());
        }
        if (stops.size() > limits.stops()) {
            throw ApiProblem.value(
                    "stop",
                    String.format(Locale.ROOT, "'stop' has %d strings, more than %d", stops.size(), limits.stops()));
        }
        return stops;
    }

    private static boolean includeUsage(@Nullable JsonNode options, boolean stream) {
        if (options == null) {
            return false;
        }
        if (!stream) {
            throw ApiProblem.value("stream_options", "'stream_options' is for requests with 'stream': true");
        }
        JsonNode usage = options.path("include_usage");
        if (!options.isObject() || !(usage.isBoolean() || usage.isMissingNode() || usage.isNull())) {
            throw ApiProblem.value(
                    "stream_options", "'stream_options' must be an object such as {\"include_usage\": true}");
        }
        return usage.booleanValue();
    }

    private static Iterable<JsonNode> one(@Nullable JsonNode node) {
        return node == null ? List.of() : List.of(node);
    }
}
