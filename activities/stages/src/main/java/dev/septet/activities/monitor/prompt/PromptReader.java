package dev.septet.activities.monitor.prompt;

import java.util.List;

/** Reads prompts with the deployed model. It loads its parts at their first use. */
public interface PromptReader extends AutoCloseable {
    /** Number of tokens of a text. */
    int tokens(String text);

    /** Each text's mean negative log-likelihood per token, in nats; NaN when it has none. */
    double[] losses(List<String> texts);

    @Override
    void close();
}
