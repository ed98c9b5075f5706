package dev.septet.workers.endpoint;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.backend.TokenBackend;
import java.util.List;
import java.util.function.UnaryOperator;

/** A model that answers the last message by a rule; each character is a token. */
record RuleBackend(UnaryOperator<String> rule) implements TokenBackend {
    @Override
    public int context() {
        return 1000;
    }

    @Override
    public int[] chat(List<ChatMessage> messages) {
        return text(messages.get(messages.size() - 1).text());
    }

    @Override
    public int[] text(String prompt) {
        return prompt.codePoints().toArray();
    }

    @Override
    public AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener) {
        String answer = rule.apply(new String(prompt, 0, prompt.length));
        listener.onText(answer);
        listener.ended(FinishReason.STOP, answer.length());
        return () -> {};
    }

    @Override
    public void close() {}
}
