package dev.septet.workers.serve.openai;

import dev.septet.llm.template.ChatMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for.
 *
 * @param messages the conversation; empty where prompts are given
 * @param prompts texts to go on with; empty where a conversation is given
 * @param choices answers per prompt
 * @param maxTokens most tokens of an answer; null for all that the context has room for
 * @param temperature what scores are divided by; 0 takes the most probable token
 * @param topP share of the probability that candidates hold together
 * @param seed of all draws; null for another one each time
 * @param stops texts that end an answer
 * @param stream whether to send the answer while it is written
 * @param includeUsage whether a stream ends with the numbers of tokens
 * @param echo whether a prompt comes before its answer
 * @param user whom the client asks for; decides, if given, between champion and challenger
 */
public record CompletionRequest(
        String model,
        List<ChatMessage> messages,
        List<String> prompts,
        int choices,
        @Nullable Integer maxTokens,
        double temperature,
        double topP,
        @Nullable Long seed,
        List<String> stops,
        boolean stream,
        boolean includeUsage,
        boolean echo,
        @Nullable String user) {
    public CompletionRequest {
        messages = List.copyOf(messages);
        prompts = List.copyOf(prompts);
        stops = List.copyOf(stops);
    }

    /** Whether a conversation is to be answered. */
    public boolean chat() {
        return !messages.isEmpty();
    }

    /**
     * What decides between champion and challenger: whom the client asks for, else how the
     * conversation or the text begins. So everyone who names themselves stays with one model, and
     * everybody else at least throughout a conversation.
     */
    public String key() {
        if (user != null) {
            return "user\0" + user;
        }
        StringBuilder beginning = new StringBuilder("text");
        for (ChatMessage message : messages) {
            beginning.append('\0').append(message.role()).append('\0').append(message.content());
            if (message.role().equals("user")) {
                break; // later turns follow an answer: by then the choice has been made
            }
        }
        prompts.forEach(prompt -> beginning.append('\0').append(prompt));
        return beginning.toString();
    }

    /** UTF-16 units of the conversation, or of the longest prompt: no more than its bytes. */
    public long longestText() {
        return chat()
                ? messages.stream()
                        .mapToLong(message -> message.content().length())
                        .sum()
                : prompts.stream().mapToLong(String::length).max().orElse(0);
    }

    /** Answers in all. */
    public int answers() {
        return Math.max(1, prompts.size()) * choices;
    }
}
