package dev.septet.workers.serve.backend;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Formats conversations by the chat template of a model folder. The template is read once. */
final class Conversations {
    private final Path folder;
    private final Tokenizer tokenizer;
    private volatile @Nullable ChatEncoder encoder;
    private volatile @Nullable ToolCallFormat callFormat;
    private volatile @Nullable Boolean offersTools;

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
        return encoder().prompt(messages);
    }

    /** As {@link #tokens(List)}, with tools. */
    int[] tokens(Chat chat) {
        return encoder().prompt(chat);
    }

    /** Whether there is a template that tells the model which tools there are. */
    boolean offersTools() {
        Boolean known = offersTools;
        if (known == null) {
            try {
                known = ToolCallFormat.offersTools(template());
            } catch (FormatProblem | TemplateProblem none) {
                known = false;
            }
            offersTools = known;
        }
        return known;
    }

    /** How the model writes calls of tools; plain JSON where there is no template. */
    ToolCallFormat callFormat(Set<Integer> stopIds) {
        ToolCallFormat known = callFormat;
        if (known == null) {
            List<String> ends = stopIds.stream()
                    .map(id -> tokenizer.decode(new int[] {id}, false))
                    .toList();
            try {
                known = ToolCallFormat.of(template(), ends);
            } catch (FormatProblem | TemplateProblem none) {
                known = ToolCallFormat.PLAIN;
            }
            callFormat = known;
        }
        return known;
    }

    private ChatTemplate template() {
        return ChatTemplate.of(folder).withClock(Clock.systemUTC());
    }

    private ChatEncoder encoder() {
        ChatEncoder known = encoder;
        if (known == null) {
            known = new ChatEncoder(template(), tokenizer);
            encoder = known;
        }
        return known;
    }
}
