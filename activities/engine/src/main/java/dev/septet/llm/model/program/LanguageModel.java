package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.AdapterReader;
import dev.septet.llm.model.weights.LoadedAdapter;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.runtime.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/** A frozen model, with or without an adapter, for scoring and generation. Not thread-safe. */
public final class LanguageModel implements AutoCloseable {
    private final NDManager scope;
    private final ModelConfig config;
    private final InferenceProgram decoder;
    private final Decoder whole;

    private LanguageModel(NDManager scope, ModelConfig config, InferenceProgram decoder) {
        this.scope = scope;
        this.config = config;
        this.decoder = decoder;
        this.whole = decoder.whole();
    }

    /**
     * Opens a Hugging Face model folder and, if given, a PEFT adapter's folder.
     *
     * @throws FormatProblem when a file is missing or damaged, or does not match the others
     */
    public static LanguageModel open(Path folder, ComputePrecision precision, Optional<Path> adapter) {
        ModelConfig config = ModelConfig.read(folder);
        NDManager scope = Torch.newScope();
        try {
            return new LanguageModel(scope, config, decoder(scope, config, folder, precision, adapter));
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static InferenceProgram decoder(
            NDManager scope, ModelConfig config, Path folder, ComputePrecision precision, Optional<Path> adapter) {
        try (NDManager reading = scope.newSubManager()) {
            LoraAdapter lowRank = adapter.map(path -> AdapterReader.read(reading, config, path))
                    .orElse(LoraAdapter.NONE);
            return InferenceProgram.open(scope, config, ModelFolder.open(folder), precision, lowRank);
        }
    }

    public ModelConfig config() {
        return config;
    }

    /** Logits of the token after each of these tokens: (tokens, V). */
    public float[][] logits(int[] tokens) {
        try (NDManager step = scope.newSubManager()) {
            TokenBatch batch = TokenBatch.whole(step, config, tokens);
            return rows(whole.logits(step, batch), tokens.length);
        }
    }

    /**
     * The hidden states of one sequence behind a block, before the final norm: (tokens, D). They are those that
     * transformers returns in {@code hidden_states[layer]} for every block but the last.
     *
     * @param layer the number of blocks, from 1
     * @throws IllegalArgumentException when the model has fewer blocks, or the sequence does not fit
     */
    public float[][] hiddenStates(int[] tokens, int layer) {
        if (layer < 1 || layer > config.layers()) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "the model has layers 1 to %d, but not %d", config.layers(), layer));
        }
        try (NDManager step = scope.newSubManager()) {
            TokenBatch batch = TokenBatch.whole(step, config, tokens);
            return rows(whole.stream(step, batch, layer), tokens.length);
        }
    }

    /**
     * Natural log of the probability of each token from {@code from[row]} on, given the tokens
     * before it. A row's first token has no probability, so from is at least 1.
     */
    public List<float[]> logProbabilities(List<int[]> rows, int[] from) {
        List<byte[]> masks = new ArrayList<>();
        for (int i = 0; i < from.length; i++) {
            if (from[i] < 1) {
                throw new IllegalArgumentException("no token before token 0 can predict it");
            }
            byte[] mask = new byte[rows.get(i).length];
            Arrays.fill(mask, Math.min(from[i], mask.length), mask.length, (byte) 1);
            masks.add(mask);
        }
        try (NDManager step = scope.newSubManager()) {
            TokenBatch batch = TokenBatch.of(step, config, rows, masks);
            float[] flat = whole.logProbabilities(step, batch).toFloatArray();
            List<float[]> scores = new ArrayList<>();
            int at = 0;
            for (int i = 0; i < from.length; i++) {
                int count = Math.max(0, rows.get(i).length - from[i]);
                scores.add(Arrays.copyOfRange(flat, at, at + count));
                at += count;
            }
            return scores;
        }
    }

    /**
     * Scores the model's predictions of the tokens whose mask is not 0, given the tokens before
     * them.
     *
     * @param rows tokens of each row; fastest when sorted by length, because rows of equal length
     *     share matrix products
     * @param masks one per row; the mask of a row's first token is ignored, because nothing
     *     precedes it
     * @throws IllegalArgumentException when no token is left to score
     */
    public List<TokenScores> scores(List<int[]> rows, List<byte[]> masks) {
        try (NDManager step = scope.newSubManager()) {
            TokenBatch batch = TokenBatch.of(step, config, rows, masks);
            if (batch.count() == 0) {
                throw new IllegalArgumentException("the masks leave no token to score");
            }
            float[] flat = whole.scores(step, batch).toFloatArray();
            int[] counts = new int[masks.size()];
            for (int i = 0; i < counts.length; i++) {
                byte[] mask = masks.get(i);
                for (int t = 1; t < mask.length; t++) {
                    counts[i] += mask[t] == 0 ? 0 : 1;
                }
            }
            return TokenScores.split(flat, counts, batch.count());
        }
    }

    /** An empty KV cache for a new sequence. Close it before the model. */
    public KvCache newSequence() {
        return new KvCache(scope.newSubManager(), decoder);
    }

    /**
     * Loads an adapter that some of the decoded sequences can use.
     *
     * @throws FormatProblem when a file is missing or damaged, or does not match the model
     */
    public LoadedAdapter loadAdapter(Path folder) {
        NDManager own = scope.newSubManager();
        try (NDManager reading = scope.newSubManager()) {
            LoraAdapter lowRank = AdapterReader.read(reading, config, folder);
            return new LoadedAdapter(own, decoder.inOrder(own, lowRank));
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    /**
     * Appends tokens to all given sequences in one forward pass. Other sequences affect a
     * sequence's result only through the rounding of the machine's matrix products. Adjacent
     * sequences with the same adapter share matrix products.
     *
     * @param feeds at least one; each sequence at most once
     * @param vocabulary only tokens below this number may come next
     * @return one per decoding input
     * @throws IllegalArgumentException when an input has no token or a token outside the
     *     vocabulary, or when a sequence would exceed the model's context; no sequence has changed
     *     then
     */
    public List<TopTokens> decode(List<DecodingInput> feeds, int vocabulary) {
        for (DecodingInput feed : feeds) {
            feed.require(config);
        }
        try (NDManager step = scope.newSubManager()) {
            feeds.forEach(feed -> feed.sequence().reserve(feed.tokens().length));
            DecodingBatch batch =
                    DecodingBatch.of(step, feeds, decoder.adapter(), Math.min(vocabulary, config.vocabularySize()));
            List<TopTokens> next = batch.split(decoder.decode(step, batch));
            feeds.forEach(feed -> feed.sequence().extend(feed.tokens().length));
            return next;
        }
    }

    /**
     * Appends tokens to sequences in one forward pass, as {@link #decode}, and scores tokens that may follow them. A
     * sequence that is cut and continued differently shares the computation of its first tokens.
     *
     * @param inputs at least one; each sequence at most once; together with at least one target
     * @return one per input
     * @throws IllegalArgumentException as {@link #decode}
     */
    public List<TokenScores> scoreNext(List<ScoringInput> inputs) {
        LongStream.Builder ids = LongStream.builder();
        LongStream.Builder positions = LongStream.builder();
        LongStream.Builder at = LongStream.builder();
        LongStream.Builder targets = LongStream.builder();
        long[] spans = new long[2 * inputs.size()];
        int tokens = 0;
        int count = 0;
        for (int i = 0; i < inputs.size(); i++) {
            ScoringInput input = inputs.get(i);
            input.require(config);
            int start = input.sequence().length();
            spans[2 * i] = start;
            spans[2 * i + 1] = input.tokens().length;
            for (int t = 0; t < input.tokens().length; t++) {
                ids.add(input.tokens()[t]);
                positions.add(start + t);
            }
            for (int t = 0; t < input.at().length; t++) {
                at.add(tokens + input.at()[t]);
                targets.add(input.targets()[t]);
            }
            tokens += input.tokens().length;
            count += input.at().length;
        }
        try (NDManager step = scope.newSubManager()) {
            List<NDArray> slots = inputs.stream()
                    .map(input -> input.sequence().reserve(input.tokens().length))
                    .toList();
            float[] flat = decoder.continued(
                            step,
                            step.create(ids.build().toArray()),
                            step.create(positions.build().toArray()),
                            spans,
                            step.create(at.build().toArray()),
                            step.create(targets.build().toArray()),
                            slots)
                    .toFloatArray();
            inputs.forEach(input -> input.sequence().extend(input.tokens().length));
            return TokenScores.split(
                    flat, inputs.stream().mapToInt(input -> input.at().length).toArray(), count);
        }
    }

    static float[][] rows(NDArray matrix, int count) {
        float[] flat = matrix.toFloatArray();
        int width = flat.length / count;
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }

    @Override
    public void close() {
        scope.close();
    }
}
