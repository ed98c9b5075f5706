package dev.septet.llm.generate;

import dev.septet.llm.tokenizer.StreamingDecoder;
import dev.septet.llm.tokenizer.Tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.stream.IntStream;

/** One answer while it is written. */
final class Answer {
    private final int prompt;
    private final GenerationOptions options;
    private final int maxTokens;
    private final TextListener listener;
    private final TokenChooser chooser;
    private final StreamingDecoder decoder;
    private final StopText stops;
    private final IntStream.Builder ids = IntStream.builder();
    private final StringBuilder text = new StringBuilder();
    private int count;
    private @Nullable FinishReason reason;

    /**
     * @param prompt index of the prompt
     * @param maxTokens room in the model's context, at most the options' bound
     */
    Answer(
            int prompt,
            int[] promptIds,
            GenerationOptions options,
            int maxTokens,
            Tokenizer tokenizer,
            TextListener listener) {
        this.prompt = prompt;
        this.options = options;
        this.maxTokens = maxTokens;
        this.listener = listener;
        this.chooser = new TokenChooser(options.sampling(), tokenizer.vocabularySize(), promptIds);
        this.decoder = new StreamingDecoder(tokenizer);
        this.stops = new StopText(options.stopStrings());
    }

    /** Takes the model's scores; gives the token that it goes on with. */
    int add(float[] logits) {
        int id = chooser.next(logits, count);
        ids.add(id);
        count++;
        if (options.stopIds().contains(id)) {
            finish(FinishReason.STOP);
            return id;
        }
        say(stops.add(decoder.add(id)));
        if (stops.found()) {
            reason = FinishReason.STOP;
        } else if (reason == null && count >= maxTokens) {
            finish(FinishReason.LENGTH);
        }
        return id;
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

    private void finish(FinishReason why) {
        String rest = stops.add(decoder.finish());
        say(rest + (stops.found() ? "" : stops.finish()));
        reason = stops.found() ? FinishReason.STOP : why;
    }

    private void say(String piece) {
        text.append(piece);
        if (!listener.onText(prompt, piece)) {
            reason = FinishReason.CANCELLED;
        }
    }
}
