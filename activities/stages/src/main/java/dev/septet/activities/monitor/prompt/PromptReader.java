package dev.septet.activities.monitor.prompt;

import java.util.List;

/** The deployed model, as far as it reads prompts. Loads what it needs when it is first asked. */
public interface PromptReader extends AutoCloseable {
    /** Tokens of a text. */
    int tokens(String text);

    /** Each text's mean negative log-likelihood per token, in nats; NaN where it has none. */
    double[] losses(List<String> texts);

    @Override
    void close();
}
