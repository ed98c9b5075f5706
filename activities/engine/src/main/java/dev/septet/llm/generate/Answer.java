package dev.septet.llm.generate;

import dev.septet.llm.generate.constraint.TokenConstraint;
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
    private StreamingDecoder decoder;
    private final Tokenizer tokenizer;
    private final StopText stops;
    private final int vocabularySize;
    private final TokenConstraint.@Nullable Progress constraint;
    private final IntStream.Builder ids = IntStream.builder();
    private final StringBuilder text = new StringBuilder();
    private long decoded;
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
        this.tokenizer = tokenizer;
        this.decoder = new StreamingDecoder(tokenizer);
        this.stops = new StopText(options.stopStrings());
        this.vocabularySize = tokenizer.vocabularySize();
        TokenConstraint rule = options.constraint();
        this.constraint = rule == null ? null : rule.begin();
    }

    /** Reports a token of the prompt, which one row of the model's output predicts. */
    void readPrompt(TopTokens next, int row, int id) {
        listener.onPromptToken(
                TokenLogProbabilities.of(next.scores()[row], vocabularySize, id, options.topLogProbabilities()));
    }

    /** Adds the next token, chosen from one row of the model's output, and returns its id. */
    int add(TopTokens next, int row) {
        int id = constraint == null ? chooser.next(next, row, count) : constrained(constraint, next.scores()[row]);
        ids.add(id);
        count++;
        boolean ends = options.stopIds().contains(id);
        if (options.topLogProbabilities() >= 0 && (!ends || options.promptLogProbabilities())) {
            listener.onToken(
                    TokenLogProbabilities.of(next.scores()[row], vocabularySize, id, options.topLogProbabilities()));
        }
        if (ends) {
            finish(FinishReason.STOP);
            return id;
        }
        if (constraint != null) {
            constraint.add(id);
        }
        String piece = options.writtenIds().contains(id) ? mark(id) : decoder.add(id);
        decoded += piece.length();
        emit(stops.add(piece));
        if (stops.found()) {
            reason = FinishReason.STOP;
        } else if (reason == null && constraint != null && constraint.mustEnd()) {
            finish(FinishReason.STOP);
        } else if (reason == null && count >= maxTokens) {
            finish(FinishReason.LENGTH);
        }
        return id;
    }

    /** The text of a special token, after the text before it. */
    private String mark(int id) {
        String before = decoder.finish();
        decoder = new StreamingDecoder(tokenizer);
        listener.onMark(decoded + before.length());
        return before + tokenizer.decode(new int[] {id}, false);
    }

    /** The next token among those that the constraint allows. */
    private int constrained(TokenConstraint.Progress rule, float[] scores) {
        long[] allowed = rule.allowed();
        float[] logits = scores.clone();
        if (allowed == null) {
            // Few tokens are refused where most are allowed, so they are only checked when chosen.
            while (true) {
                int id = chooser.next(logits, count);
                if (options.stopIds().contains(id) ? rule.mayEnd() : rule.allows(id)) {
                    return id;
                }
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
        boolean some = false;
        for (int id = 0; id < logits.length; id++) {
            boolean open = options.stopIds().contains(id)
                    ? rule.mayEnd()
                    : id >> 6 < allowed.length && (allowed[id >> 6] & 1L << id) != 0;
            some |= open && id < vocabularySize;
            if (!open) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
        if (!some) {
            throw new IllegalStateException("this model's tokenizer has no token that continues the required format");
        }
        return chooser.next(logits, count);
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
