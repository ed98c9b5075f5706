package dev.septet.dsl.vocabulary.safety;

import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Refusal;
import org.jspecify.annotations.Nullable;

/** The values of {@code guard}, the same in every block that has the word. */
public interface GuardWords {
    /**
     * A guard that Septet's engine runs: a folder, a .gguf file, or the name of a model on the Hub. {@code revision:} is the
     * Hub's branch, tag or commit.
     */
    @Example("model('models/guard')")
    default SafetySpec.Model model(
            @PathTo(PathTo.Place.MODEL) @Example("'models/guard'") String path,
            @Option @Example("'v1.0'") @Nullable String revision) {
        return new SafetySpec.Model(null, path, revision);
    }

    /**
     * A guard of a service with OpenAI's API. The operator of the workers declares the endpoints and their models. The prompts
     * and the model's answers leave for this service. It renders the guard's chat template, and {@code style:} says how its
     * answers are read.
     */
    @Example("openai(endpoint: 'lab', model: 'llama-guard-3-8b')")
    default SafetySpec.Model openai(
            @Option @Example("'lab'") String endpoint, @Option @Example("'llama-guard-3-8b'") String model) {
        Refusal.unless(
                !endpoint.equals("bedrock"),
                "endpoint: 'bedrock' is Amazon Bedrock, which does not have OpenAI's API; name an endpoint of the"
                        + " section `endpoints:`");
        return new SafetySpec.Model(endpoint, model, null);
    }
}
