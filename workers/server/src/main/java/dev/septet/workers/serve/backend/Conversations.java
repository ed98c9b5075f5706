package dev.septet.workers.serve.backend;

import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats conversations by the chat template of a model folder. The template is read once. */
final class Conversations {
    private final Path folder;
    private final Tokenizer tokenizer;
    private volatile @Nullable ChatEncoder encoder;

    Conversations(Path folder, Tokenizer tokenizer) {
        this.folder = folder;
        this.tokenizer = tokenizer;
    }

    /**
     * Token ids of a conversation, for the assistant's next answer.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the template refuses the messages
     * @throws dev.septet.llm.format.FormatProblem when the folder has no template; its model can
     *     still complete texts
     */
    int[] tokens(List<ChatMessage> messages) {
        ChatEncoder known = encoder;
        if (known == null) {
            known = new ChatEncoder(ChatTemplate.of(folder).withClock(Clock.systemUTC()), tokenizer);
            encoder = known;
        }
        return known.prompt(messages);
    }
}
