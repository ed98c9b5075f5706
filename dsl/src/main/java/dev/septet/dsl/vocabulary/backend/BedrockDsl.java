package dev.septet.dsl.vocabulary.backend;

import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hyperparameters of a model customization job of Amazon Bedrock. */
public final class BedrockDsl {
    private Map<String, Object> hyperparameters = Map.of();

    private BedrockDsl() {}

    /**
     * Hyperparameters by Bedrock's names, except epochs. The operator of the workers declares those that a model has. By
     * default, Bedrock chooses.
     */
    @Example("hyperparameters learningRate: 0.00001")
    public void hyperparameters(@Option @Example("0.00001") Map<String, Object> values) {
        for (String name : values.keySet()) {
            Refusal.unless(name.matches(BedrockSpec.NAME_PATTERN), "'%s' is not a hyperparameter's name", name);
            Refusal.unless(
                    !name.equals(BedrockSpec.EPOCHS), "the word `epochs` of `train` sets %s", BedrockSpec.EPOCHS);
        }
        hyperparameters = values;
    }

    /**
     * What the word and its block set.
     *
     * @param words null = the file has no block
     */
    public static BedrockSpec spec(String model, @Nullable Consumer<BedrockDsl> words) {
        Refusal.unless(
                model.matches(BedrockSpec.MODEL_PATTERN),
                "model: is a model of Bedrock, such as amazon.nova-micro-v1:0:128k, got '%s'",
                model);
        var dsl = new BedrockDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return new BedrockSpec(model, dsl.hyperparameters);
    }
}
