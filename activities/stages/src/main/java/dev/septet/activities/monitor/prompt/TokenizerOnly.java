package dev.septet.activities.monitor.prompt;

import dev.septet.activities.attempt.StageProblem;
import java.util.List;

/**
 * Reads prompts for a model that a service holds: with the tokenizer of the base model folder, and without
 * probabilities.
 */
public record TokenizerOnly(PromptReader base) implements PromptReader {
    @Override
    public int tokens(String text) {
        return base.tokens(text);
    }

    @Override
    public double[] losses(List<String> texts) {
        throw StageProblem.invalid("monitor: `drift perplexity` needs the probabilities of the deployed model, but a"
                + " service holds it and does not show them; use another detector, such as `drift classifier`");
    }

    @Override
    public void close() {
        base.close();
    }
}
