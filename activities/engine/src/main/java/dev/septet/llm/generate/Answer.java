package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.generate.sampling.StopText;
import dev.septet.llm.generate.sampling.TokenChooser;
import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.tokenizer.StreamingDecoder;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One answer that is being generated. */
final class Answer {
    private final GenerationOptions options;
    private final int maxTokens;
    private final AnswerListener listener;
    private final TokenChooser chooser;
    private final StreamingDecoder decoder;
    private final StopText stops;
    private final IntStream.Builder ids = IntStream.builder();
    private final StringBuilder text = new StringBuilder();
    private int count;
    private @Nullable FinishReason reason;

    /**
     * @param maxTokens maximum number of tokens: the room in the model's context, at most the
     *     options' limit
     */
    Answer(int[] prompt, GenerationOptions options, int maxTokens, Tokenizer tokenizer, AnswerListener listener) {
        this.options = options;
        this.maxTokens = maxTokens;
        this.listener = listener;
        this.chooser = new TokenChooser(options.sampling(), tokenizer.vocabularySize(), prompt);
        this.decoder = new StreamingDecoder(tokenizer);
        this.stops = new StopText(options.stopStrings());
    }

    /** Adds the next token, chosen from one row of the model's output, and returns its id. */
    int add(TopTokens next, int row) {
        int id = chooser.next(next, row, count);
        ids.add(id);
        count++;
        if (options.stopIds().contains(id)) {
            finish(FinishReason.STOP);
            return id;
        }
        emit(stops.add(decoder.add(id)));
        if (stops.found()) {
            reason = FinishReason.STOP;
        } else if (reason == null && count >= maxTokens) {
            finish(FinishReason.LENGTH);
        }
        return id;
    }

    /** Number of tokens so far. */
    int tokens() {
        return count;
    }

    /** Number of tokens that may still be added. */
    int remaining() {
        return maxTokens - count;
    }

    void cancel() {
        if (reason == null) {
            finish(FinishReason.CANCELLED);
        }
    }

    boolean ended() {
        return reason != null;
    }

    Generated result() {
        if (reason == null) {
            throw new IllegalStateException("the answer has not ended");
        }
        return new Generated(ids.build().toArray(), text.toString(), reason);
    }

    private void finish(FinishReason finishReason) {
        String remainder = stops.add(decoder.finish());
        emit(remainder + (stops.found() ? "" : stops.finish()));
        reason = stops.found() ? FinishReason.STOP : finishReason;
    }

    private void emit(String piece) {
        text.append(piece);
        if (!listener.onText(piece)) {
            reason = FinishReason.CANCELLED;
        }
    }
}
