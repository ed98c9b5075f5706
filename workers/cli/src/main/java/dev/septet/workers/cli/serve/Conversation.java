package dev.septet.workers.cli.serve;

import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.TextListener;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with a model. The model sees all earlier turns while they fit into its context.
 */
final class Conversation implements AutoCloseable {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final ChatEncoder encoder;
    private final Generator generator;
    private final GenerationOptions options;
    private final List<ChatMessage> opening;
    private final List<ChatMessage> turns = new ArrayList<>();

    private Conversation(
            LanguageModel model,
            Tokenizer tokenizer,
            ChatEncoder encoder,
            GenerationOptions options,
            List<ChatMessage> opening) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.generator = new Generator(model, tokenizer, 1);
        this.options = options;
        this.opening = opening;
    }

    /**
     * Opens a model folder.
     *
     * @param system the system message, null for none
     * @param maxTokens most tokens of an answer
     */
    static Conversation open(Path folder, @Nullable String system, int maxTokens, Sampling sampling) {
        ModelCheck.folder(folder);
        ChatTemplate template = ChatTemplate.of(folder);
        Tokenizer tokenizer = Tokenizer.open(folder);
        try {
            LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
            return new Conversation(
                    model,
                    tokenizer,
                    new ChatEncoder(template, tokenizer),
                    new GenerationOptions(maxTokens, sampling, StopIds.of(folder, tokenizer), List.of()),
                    system == null ? List.of() : List.of(new ChatMessage("system", system)));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Generates the model's answer. The listener receives it while it is generated. */
    String answer(String prompt, TextListener listener) {
        turns.add(new ChatMessage("user", prompt));
        int[] ids = encoder.prompt(messages());
        int room = model.config().maxPositions() - Math.min(options.maxNewTokens(), ids.length);
        while (ids.length >= room && turns.size() > 1) {
            turns.subList(0, Math.min(2, turns.size() - 1)).clear();
            ids = encoder.prompt(messages());
        }
        String text = generator.generate(ids, options, listener).text();
        turns.add(new ChatMessage(ChatMessage.ASSISTANT, text));
        return text;
    }

    private List<ChatMessage> messages() {
        List<ChatMessage> all = new ArrayList<>(opening);
        all.addAll(turns);
        return all;
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
