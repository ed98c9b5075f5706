package dev.septet.activities.evaluate.benchmark;

import dev.septet.llm.generate.ContinuationScorer;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.template.jinja.value.PythonText;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The responses of a model that the engine runs. Texts become tokens, and long texts windows, as in lm-evaluation-harness's
 * {@code HFLM}.
 */
public final class EngineResponses implements AutoCloseable {
    private static final int TOKENS_AT_ONCE = 4096;
    private static final int ANSWERS_AT_ONCE = 16;

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final ContinuationScorer scorer;
    private final Set<Integer> stopIds;
    private final int context;
    private final int first;

    /**
     * @param folder of the model
     * @throws IllegalArgumentException when the tokenizer has neither a first nor a last token
     */
    public EngineResponses(Path folder, LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.scorer = new ContinuationScorer(model, TOKENS_AT_ONCE);
        this.stopIds = StopIds.of(folder, tokenizer);
        this.context = model.config().maxPositions();
        OptionalInt start = tokenizer.bos().isPresent() ? tokenizer.bos() : tokenizer.eos();
        this.first = start.orElseThrow(
                () -> new IllegalArgumentException("its tokenizer has neither a first nor a last token"));
    }

    /** One response per request, in their order. */
    public List<BenchmarkResponse> of(List<BenchmarkRequest> requests) {
        @Nullable BenchmarkResponse[] responses = new @Nullable BenchmarkResponse[requests.size()];
        List<TokenSequence> sequences = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        Map<GenerationOptions, List<Integer>> asked = new LinkedHashMap<>();
        for (int at = 0; at < requests.size(); at++) {
            BenchmarkRequest request = requests.get(at);
            if (request instanceof BenchmarkRequest.Generation generation) {
                asked.computeIfAbsent(options(generation), same -> new ArrayList<>())
                        .add(at);
                continue;
            }
            for (TokenSequence sequence : request instanceof BenchmarkRequest.Continuation pair
                    ? List.of(pair(pair))
                    : windows(((BenchmarkRequest.WholeText) request).text())) {
                sequences.add(sequence);
                owners.add(at);
            }
            responses[at] = BenchmarkResponse.of(0, true);
        }
        List<ExampleScore> scores = scorer.score(sequences);
        for (int at = 0; at < scores.size(); at++) {
            int owner = owners.get(at);
            responses[owner] = plus(Objects.requireNonNull(responses[owner]), scores.get(at));
        }
        asked.forEach((options, places) -> generate(options, places, requests, responses));
        return Arrays.stream(responses).map(Objects::requireNonNull).toList();
    }

    private static BenchmarkResponse plus(BenchmarkResponse sum, ExampleScore more) {
        return BenchmarkResponse.of(sum.number() - more.loss(), sum.isGreedy() && more.correct() == more.tokens());
    }

    private GenerationOptions options(BenchmarkRequest.Generation asked) {
        List<String> until = new ArrayList<>(asked.until());
        if (!tokenizer.eosText().isEmpty() && !until.contains(tokenizer.eosText())) {
            until.add(tokenizer.eosText());
        }
        return new GenerationOptions(asked.maxTokens(), Sampling.GREEDY, stopIds, until);
    }

    private void generate(
            GenerationOptions options,
            List<Integer> places,
            List<BenchmarkRequest> requests,
            @Nullable BenchmarkResponse[] responses) {
        int room = context - options.maxNewTokens();
        if (room < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "answers of %d tokens leave no room in its context of %d",
                    options.maxNewTokens(),
                    context));
        }
        List<int[]> prompts = new ArrayList<>();
        for (int at : places) {
            int[] prompt = encoded(((BenchmarkRequest.Generation) requests.get(at)).context());
            int[] given = prompt.length == 0 ? new int[] {first} : prompt;
            prompts.add(Arrays.copyOfRange(given, Math.max(0, given.length - room), given.length));
        }
        try {
            List<Generated> answers = new Generator(model, tokenizer, ANSWERS_AT_ONCE).generate(prompts, options);
            for (int at = 0; at < places.size(); at++) {
                responses[places.get(at)] =
                        new BenchmarkResponse(null, null, answers.get(at).text());
            }
        } catch (ArithmeticException diverged) {
            // Its logits are not numbers. That is a finding, and the gate decides on it.
            places.forEach(at -> responses[at] = new BenchmarkResponse(null, null, null));
        }
    }

    /** Tokens of a text with those that the tokenizer adds, except where the text begins with them. */
    private int[] encoded(String text) {
        String start = tokenizer.decode(new int[] {first}, false);
        return tokenizer.encode(text, start.isEmpty() || !text.startsWith(start));
    }

    /** Context and continuation, tokenized together and cut after the context's own tokens. */
    private TokenSequence pair(BenchmarkRequest.Continuation pair) {
        String before = pair.context();
        String after = pair.continuation();
        if (before.isEmpty()) {
            int[] tokens = tokenizer.encode(after, false);
            return tokens.length > 0 && tokens[0] == first
                    ? scored(tokens, 1)
                    : scored(joined(new int[] {first}, tokens), 1);
        }
        int end = before.length();
        while (end > 0 && isSpace(before.codePointBefore(end))) {
            end -= Character.charCount(before.codePointBefore(end));
        }
        int[] whole = encoded(before.substring(0, end) + before.substring(end) + after);
        int[] given = encoded(before.substring(0, end));
        int[] rest = Arrays.copyOfRange(whole, Math.min(given.length, whole.length), whole.length);
        return scored(joined(given, rest), given.length);
    }

    private static boolean isSpace(int point) {
        return PythonText.isSpace(point);
    }

    private static int[] joined(int[] one, int[] other) {
        int[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** A sequence whose tokens from a place on are scored; what does not fit the context is cut from its start. */
    private TokenSequence scored(int[] tokens, int from) {
        int cut = Math.max(0, tokens.length - context);
        int[] ids = Arrays.copyOfRange(tokens, cut, tokens.length);
        boolean[] loss = new boolean[ids.length];
        Arrays.fill(loss, Math.max(1, Math.min(from - cut, ids.length)), ids.length, true);
        return new TokenSequence(ids, loss);
    }

    /** Windows of a text in which each token is scored once, with as much context as fits. */
    private List<TokenSequence> windows(String text) {
        int[] tokens = encoded(text);
        List<TokenSequence> windows = new ArrayList<>();
        int done = Math.min(context - 1, tokens.length);
        if (done > 0) {
            windows.add(scored(joined(new int[] {first}, Arrays.copyOf(tokens, done)), 1));
        }
        while (done < tokens.length) {
            int more = Math.min(tokens.length - done, context - 1);
            int end = done + more;
            int start = Math.max(0, end - context);
            windows.add(scored(Arrays.copyOfRange(tokens, start, end), done - start));
            done = end;
        }
        return windows;
    }

    @Override
    public void close() {
        scorer.close();
    }
}
