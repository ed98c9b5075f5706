package dev.septet.workers.serve.backend;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;

import dev.septet.llm.generate.FinishReason;
import dev.septet.llm.tokenizer.Tokenizer;

import java.util.function.BooleanSupplier;

/** One answer of llama.cpp, read piece by piece on a thread of its own. */
final class LlamaAnswer implements Ticket {
    private final InferenceParameters parameters;
    private final AnswerOptions options;
    private final Tokenizer tokenizer;
    private final AnswerListener listener;
    private volatile boolean cancelled;

    LlamaAnswer(
            InferenceParameters parameters,
            AnswerOptions options,
            Tokenizer tokenizer,
            AnswerListener listener) {
        this.parameters = parameters;
        this.options = options;
        this.tokenizer = tokenizer;
        this.listener = listener;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    void write(LlamaModel model, BooleanSupplier closed) {
        StringBuilder text = new StringBuilder();
        try {
            boolean stopped = cancelled || closed.getAsBoolean();
            LlamaIterator pieces = stopped ? null : model.generate(parameters).iterator();
            while (pieces != null && pieces.hasNext()) {
                String piece = pieces.next().text;
                if (!piece.isEmpty()) {
                    text.append(piece);
                    listener.wrote(piece);
                }
                // Between two pieces only: whoever waits for one would wait for ever.
                if (pieces.hasNext() && (cancelled || closed.getAsBoolean())) {
                    pieces.cancel();
                    stopped = true;
                }
            }
            int tokens = tokenizer.encode(text.toString(), false).length;
            listener.ended(reason(stopped, tokens), Math.min(tokens + 1, options.maxTokens()));
        } catch (RuntimeException | Error problem) {
            listener.failed(problem);
        }
    }

    /** llama.cpp's Java interface does not tell: an answer shorter than allowed was stopped. */
    private FinishReason reason(boolean stopped, int tokens) {
        if (stopped) {
            return FinishReason.CANCELLED;
        }
        return tokens >= options.maxTokens() ? FinishReason.LENGTH : FinishReason.STOP;
    }
}
