package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.PlainData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed completion or chat completion request.
 *
 * @param messages the conversation; empty where prompts are given
 * @param prompts texts to complete; empty where a conversation is given, or token ids that are not decoded yet
 * @param promptIds token ids to complete, one list for each prompt; empty where texts are given
 * @param choices answers per prompt
 * @param maxTokens most tokens of an answer; null for as many as the context has room for
 * @param temperature divisor of the logits; 0 selects the most probable token
 * @param topP total probability of the candidate tokens
 * @param seed seed of sampling; null for a random one
 * @param stops texts that end an answer
 * @param stream whether to send the answer while it is generated
 * @param includeUsage whether a stream ends with the numbers of tokens
 * @param echo whether each answer begins with its prompt
 * @param user the end user for whom the client asks; if given, decides between champion and
 *     challenger
 * @param format what the answer must look like
 * @param topLogProbabilities for how many of the most probable tokens of each position the answer
 *     has log-probabilities, besides that of its own token; -1 for none at all
 * @param tools the tools that the model may call
 */
public record CompletionRequest(
        String model,
        List<ChatMessage> messages,
        List<String> prompts,
        List<List<Integer>> promptIds,
        int choices,
        @Nullable Integer maxTokens,
        double temperature,
        double topP,
        @Nullable Long seed,
        List<String> stops,
        boolean stream,
        boolean includeUsage,
        boolean echo,
        @Nullable String user,
        AnswerFormat format,
        int topLogProbabilities,
        ToolUse tools) {
    public CompletionRequest {
        messages = List.copyOf(messages);
        prompts = List.copyOf(prompts);
        promptIds = promptIds.stream().map(List::copyOf).toList();
        stops = List.copyOf(stops);
    }

    /** The conversation, with the tools that the model may call. */
    public Chat conversation() {
        List<Map<String, Object>> declared = new ArrayList<>();
        JsonNode sent = tools.sent();
        if (tools.active() && sent != null) {
            for (JsonNode tool : sent) {
                ObjectNode known = tool.deepCopy();
                ObjectNode function = (ObjectNode) known.path("function");
                function.remove("strict");
                // Templates read these without asking whether they are there.
                if (!function.hasNonNull("description")) {
                    function.put("description", "");
                }
                if (!function.hasNonNull("parameters")) {
                    function.putObject("parameters").put("type", "object").putObject("properties");
                }
                declared.add(PlainData.of(known));
            }
        }
        return new Chat(messages, declared);
    }

    /** The same request with the texts of its token ids. */
    public CompletionRequest decoded(List<String> texts) {
        return new CompletionRequest(
                model,
                messages,
                texts,
                promptIds,
                choices,
                maxTokens,
                temperature,
                topP,
                seed,
                stops,
                stream,
                includeUsage,
                echo,
                user,
                format,
                topLogProbabilities,
                tools);
    }

    /** Whether this is a chat completion. */
    public boolean chat() {
        return !messages.isEmpty();
    }

    /**
     * The key that decides between champion and challenger: the end user, else the beginning of the
     * conversation or text. A named user therefore always gets the same model. Any other user gets
     * the same model throughout a conversation.
     */
    public String key() {
        if (user != null) {
            return "user\0" + user;
        }
        StringBuilder prefix = new StringBuilder("text");
        for (ChatMessage message : messages) {
            prefix.append('\0').append(message.role()).append('\0').append(message.text());
            if (message.role().equals("user")) {
                break; // later turns come after an answer, so the model is already chosen
            }
        }
        prompts.forEach(prompt -> prefix.append('\0').append(prompt));
        promptIds.forEach(prompt -> prefix.append('\0').append(prompt));
        return prefix.toString();
    }

    /**
     * Length of the conversation or of the longest prompt in UTF-16 units, which is at most its
     * number of bytes.
     */
    public long longestText() {
        return chat()
                ? messages.stream()
                                .mapToLong(message -> message.text().length()
                                        + (message.fields().isEmpty()
                                                ? 0
                                                : message.fields().toString().length()))
                                .sum()
                        + (tools.active() ? String.valueOf(tools.sent()).length() : 0)
                : prompts.stream().mapToLong(String::length).max().orElse(0);
    }

    /** Total number of answers. */
    public int answers() {
        return Math.max(1, Math.max(prompts.size(), promptIds.size())) * choices;
    }
}
