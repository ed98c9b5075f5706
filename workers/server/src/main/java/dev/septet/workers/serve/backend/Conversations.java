package dev.septet.workers.serve.backend;

import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conversations as a model folder's template writes them; the template is read once. */
final class Conversations {
    private final Path folder;
    private final Tokenizer tokenizer;
    private volatile @Nullable ChatEncoder encoder;

    Conversations(Path folder, Tokenizer tokenizer) {
        this.folder = folder;
        this.tokenizer = tokenizer;
    }

    /**
     * Token ids that the assistant is to answer.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the template refuses them
     * @throws dev.septet.llm.format.FormatProblem when the folder has none: its model may still go
     *     on with texts
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
