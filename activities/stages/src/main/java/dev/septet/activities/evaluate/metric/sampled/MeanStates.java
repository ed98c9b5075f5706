package dev.septet.activities.evaluate.metric.sampled;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;

/** Vectors of texts: the mean of the hidden states behind one decoder layer. */
public final class MeanStates {
    /** The first tokens of a text say what it is about. */
    private static final int MOST_TOKENS = 2048;

    private final TextStates states;

    /**
     * @param layer the decoder layer, from 1
     */
    public MeanStates(LanguageModel model, Tokenizer tokenizer, int layer) {
        states = new TextStates(model, tokenizer, layer, MOST_TOKENS);
    }

    /**
     * The middle layer of a model, whose states usually tell most about meaning.
     *
     * @see <a href="https://arxiv.org/abs/2502.02013">Skean et al., 2025: Layer by Layer</a>
     */
    public static int middle(ModelConfig config) {
        return (config.layers() + 1) / 2;
    }

    /** One vector for each text; empty for a text without tokens. */
    public List<Optional<float[]>> of(List<String> texts) {
        return texts.stream().map(states::mean).toList();
    }
}
