package dev.septet.llm.generate;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.TokenScores;
import dev.septet.llm.template.TokenSequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores given text with a model. An example's score does not depend on other examples, except for
 * the rounding of the machine's matrix products. Not thread-safe, because the model is not.
 */
public final class Scorer {
    private final LanguageModel model;
    private final int tokensAtOnce;

    /**
     * @param tokensAtOnce maximum number of tokens in a batch; a longer example forms its own batch
     */
    public Scorer(LanguageModel model, int tokensAtOnce) {
        this.model = model;
        this.tokensAtOnce = tokensAtOnce;
    }

    /**
     * Scores examples by their loss-carrying tokens. The first token of an example has nothing
     * before it and is never scored.
     *
     * @return one score per example, in their order
     * @throws IllegalArgumentException when an example exceeds the model's context or was encoded
     *     with another tokenizer
     */
    public List<ExampleScore> score(List<TokenSequence> examples) {
        List<ExampleScore> all = new ArrayList<>();
        for (TokenScores tokens : tokens(examples)) {
            all.add(tokens == null ? ExampleScore.NOTHING : sum(tokens));
        }
        return all;
    }

    /**
     * The log-probability of each loss-carrying token of each example, in nats, in the order of the tokens.
     *
     * @return one array per example, in their order; it is empty without such tokens
     * @throws IllegalArgumentException as {@link #score} does
     */
    public List<float[]> logProbabilities(List<TokenSequence> examples) {
        List<float[]> all = new ArrayList<>();
        for (TokenScores tokens : tokens(examples)) {
            all.add(tokens == null ? new float[0] : tokens.logProbabilities());
        }
        return all;
    }

    /** The scores of each example's tokens; null for an example without loss-carrying tokens. */
    private @Nullable TokenScores[] tokens(List<TokenSequence> examples) {
        @Nullable TokenScores[] scores = new @Nullable TokenScores[examples.size()];
        List<Integer> order = IntStream.range(0, examples.size())
                .boxed()
                .filter(i -> scored(examples.get(i)))
                .sorted(Comparator.comparingInt(i -> examples.get(i).ids().length))
                .toList();
        List<Integer> batch = new ArrayList<>();
        long tokens = 0;
        for (int index : order) {
            int length = requireFits(index, examples.get(index));
            if (!batch.isEmpty() && tokens + length > tokensAtOnce) {
                score(batch, examples, scores);
                batch.clear();
                tokens = 0;
            }
            batch.add(index);
            tokens += length;
        }
        if (!batch.isEmpty()) {
            score(batch, examples, scores);
        }
        return scores;
    }

    private void score(List<Integer> batch, List<TokenSequence> examples, @Nullable TokenScores[] scores) {
        List<int[]> rows = batch.stream().map(i -> examples.get(i).ids()).toList();
        List<byte[]> masks = batch.stream().map(i -> examples.get(i).mask()).toList();
        List<TokenScores> found = model.scores(rows, masks);
        for (int i = 0; i < batch.size(); i++) {
            scores[batch.get(i)] = found.get(i);
        }
    }

    private static ExampleScore sum(TokenScores tokens) {
        double loss = 0;
        long correct = 0;
        for (int i = 0; i < tokens.greedy().length; i++) {
            loss -= tokens.logProbabilities()[i];
            correct += tokens.greedy()[i] ? 1 : 0;
        }
        return new ExampleScore(loss, tokens.greedy().length, correct);
    }

    private static boolean scored(TokenSequence example) {
        for (int t = 1; t < example.loss().length; t++) {
            if (example.loss()[t]) {
                return true;
            }
        }
        return false;
    }

    private int requireFits(int index, TokenSequence example) {
        int length = example.ids().length;
        int limit = model.config().maxPositions();
        if (length > limit) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "example %d has %d tokens, the model takes at most %d", index + 1, length, limit));
        }
        return length;
    }
}
