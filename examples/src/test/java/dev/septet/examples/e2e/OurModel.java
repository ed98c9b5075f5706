package dev.septet.examples.e2e;

import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A model folder answered by Septet's own engine, to be held against others. */
final class OurModel implements AutoCloseable {
    private final Path folder;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final LanguageModel model;

    OurModel(Path folder) {
        this(folder, Optional.empty());
    }

    OurModel(Path folder, Path adapter) {
        this(folder, Optional.of(adapter));
    }

    private OurModel(Path folder, Optional<Path> adapter) {
        this.folder = folder;
        this.tokenizer = Tokenizer.open(folder);
        this.template = ChatTemplate.of(folder);
        this.model = LanguageModel.open(folder, ComputePrecision.FLOAT32, adapter);
    }

    /** A user's words as the model's template puts them, ready for the answer. */
    String rendered(String prompt) {
        return template.render(List.of(new ChatMessage("user", prompt)), true);
    }

    int[] tokens(String rendered) {
        return tokenizer.encodeTemplate(rendered);
    }

    float[][] logits(int[] tokens) {
        return model.logits(tokens);
    }

    /** The greedy answer. */
    String answer(String rendered, int max) {
        return new Generator(model, tokenizer, 1)
                .generate(List.of(tokens(rendered)), GenerationOptions.greedy(max, StopIds.of(folder, tokenizer)))
                .get(0)
                .text();
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
