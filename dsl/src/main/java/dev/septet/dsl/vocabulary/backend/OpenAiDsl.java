package dev.septet.dsl.vocabulary.backend;

import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hyperparameters of a fine-tuning job at a service with OpenAI's API. */
public final class OpenAiDsl {
    private @Nullable Integer batchSize;
    private @Nullable Double learningRateMultiplier;

    private OpenAiDsl() {}

    /** How many rows one step has, from 1 to 256. By default, the service chooses. */
    @Example("batchSize 8")
    public void batchSize(@Example("8") int rows) {
        Refusal.unless(
                rows >= 1 && rows <= OpenAiSpec.MOST_BATCH,
                "batchSize must be from 1 to %s, got %s",
                OpenAiSpec.MOST_BATCH,
                rows);
        batchSize = rows;
    }

    /** A factor for the learning rate that the service chooses. By default, the service chooses the factor too. */
    @Example("learningRateMultiplier 1.8")
    public void learningRateMultiplier(@Example("1.8") double factor) {
        Refusal.unless(factor > 0, "learningRateMultiplier must be above 0, got %s", LiteralText.of(factor));
        learningRateMultiplier = factor;
    }

    /**
     * What the word and its block set.
     *
     * @param words null = the file has no block
     */
    public static OpenAiSpec spec(String endpoint, String model, @Nullable Consumer<OpenAiDsl> words) {
        Refusal.unless(
                endpoint.matches(OpenAiSpec.ENDPOINT_PATTERN),
                "endpoint: is a name from the operator's file, with letters, digits, '-' and '_', got '%s'",
                endpoint);
        Refusal.unless(
                !endpoint.equals("bedrock"),
                "endpoint: 'bedrock' is Amazon Bedrock, which does not have OpenAI's API; write `by bedrock(model:"
                        + " '...')`");
        Refusal.unless(
                model.matches(OpenAiSpec.MODEL_PATTERN),
                "model: is a name of the service, such as gpt-4o-mini-2024-07-18, got '%s'",
                model);
        var dsl = new OpenAiDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return new OpenAiSpec(endpoint, model, dsl.batchSize, dsl.learningRateMultiplier);
    }
}
