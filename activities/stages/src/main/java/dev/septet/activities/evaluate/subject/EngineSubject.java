package dev.septet.activities.evaluate.subject;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.benchmark.EngineResponses;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.sampled.HiddenSimilarity;
import dev.septet.activities.evaluate.metric.sampled.MeanStates;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.FailureType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A model run by the engine on this worker. Losses are over the tokens that training learns, as
 * {@link ModelRowEncoder} marks them. Answers are decoded greedily, up to the model's own stop
 * tokens. Calls of tools in them are read as calls. A model that has diverged has no answers and no losses.
 */
final class EngineSubject implements Subject {
    private static final int TOKENS_AT_ONCE = 4096;

    private final Path folder;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final ModelRowEncoder rows;
    private @Nullable ChatEncoder chats;
    private @Nullable CallAnswers calls;
    private @Nullable EngineResponses benchmarks;

    EngineSubject(Path folder, LanguageModel model, Tokenizer tokenizer, ModelRowEncoder rows) {
        this.folder = folder;
        this.model = model;
        this.tokenizer = tokenizer;
        this.rows = rows;
    }

    @Override
    public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
        return predict(rows, answerTokens, cutAfter, AnswerNeeds.NONE, 0, done -> {});
    }

    @Override
    public List<Prediction> predict(
            List<Row> rows,
            OptionalInt answerTokens,
            OptionalInt cutAfter,
            AnswerNeeds needs,
            long seed,
            IntConsumer progress) {
        List<TokenSequence> examples =
                rows.stream().map(row -> example(row, cutAfter)).toList();
        Scorer scorer = new Scorer(model, TOKENS_AT_ONCE);
        List<ExampleScore> scores = scorer.score(examples);
        Iterator<ExampleScore> rejected = scorer.score(rejected(rows, cutAfter)).iterator();
        List<Answer> answers = answerTokens.isPresent()
                ? answers(rows, examples, answerTokens.getAsInt(), needs, seed, progress)
                : List.of();
        List<Prediction> predictions = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            ExampleScore score = scores.get(at);
            predictions.add(new Prediction(
                    answers.isEmpty() ? null : answers.get(at).text(),
                    score.loss(),
                    Math.toIntExact(score.tokens()),
                    rows.get(at) instanceof PreferenceRow
                            ? (Double) rejected.next().loss()
                            : null,
                    answers.isEmpty() ? null : answers.get(at).facts()));
        }
        return predictions;
    }

    @Override
    public List<Double> similarities(List<String> references, List<String> answers, int layer) {
        requireLayer("metric similarity(layer: %d)", layer);
        HiddenSimilarity similarity = new HiddenSimilarity(model, tokenizer, layer);
        List<Double> all = new ArrayList<>();
        for (int at = 0; at < references.size(); at++) {
            all.add(similarity.of(references.get(at), answers.get(at)));
        }
        return all;
    }

    @Override
    public List<Optional<float[]>> vectors(List<String> texts, int layer) {
        requireLayer("errorClusters layer: %d", layer);
        return new MeanStates(model, tokenizer, layer).of(texts);
    }

    private void requireLayer(String word, int layer) {
        int layers = model.config().layers();
        if (layer > layers) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "evaluate: `%s`: the base model has layers 1 to %d; choose one of them",
                    word.formatted(layer),
                    layers));
        }
    }

    @Override
    public List<Double> seconds(List<Row> rows, int answerTokens) {
        List<int[]> prompts = prompts(
                rows,
                rows.stream().map(row -> example(row, OptionalInt.empty())).toList());
        GenerationOptions options = GenerationOptions.greedy(answerTokens, StopIds.of(folder, tokenizer));
        List<Double> seconds = new ArrayList<>();
        try {
            for (int[] prompt : prompts) {
                long start = System.nanoTime();
                new Generator(model, tokenizer, 1).generate(List.of(prompt), options);
                seconds.add((System.nanoTime() - start) / 1e9);
            }
        } catch (ArithmeticException diverged) {
            return List.of(); // as in answers
        }
        return seconds;
    }

    @Override
    public List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
        EngineResponses engine = benchmarks;
        if (engine == null) {
            engine = new EngineResponses(folder, model, tokenizer);
            benchmarks = engine;
        }
        try {
            return engine.of(requests);
        } catch (IllegalArgumentException e) {
            throw StageProblem.invalid("benchmark: this model cannot answer it: " + e.getMessage());
        }
    }

    @Override
    public List<Prediction> leastLikely(List<Row> rows, double share, OptionalInt cutAfter) {
        List<TokenSequence> examples =
                rows.stream().map(row -> example(row.answered(), cutAfter)).toList();
        List<Prediction> predictions = new ArrayList<>();
        for (float[] logs : new Scorer(model, TOKENS_AT_ONCE).logProbabilities(examples)) {
            double[] wide = new double[logs.length];
            for (int at = 0; at < logs.length; at++) {
                wide[at] = logs[at];
            }
            predictions.add(Prediction.ofLeastLikely(wide, share));
        }
        return predictions;
    }

    @Override
    public List<Prediction> sampled(
            List<Row> rows, int answerTokens, OptionalInt cutAfter, double temperature, long seed) {
        List<TokenSequence> examples =
                rows.stream().map(row -> example(row, cutAfter)).toList();
        GenerationOptions greedy = GenerationOptions.greedy(answerTokens, StopIds.of(folder, tokenizer));
        try {
            return drawn(
                            rows,
                            prompts(rows, examples),
                            new Generator(model, tokenizer, SHARD_ROWS),
                            greedy,
                            new Sampling(temperature, 1, seed))
                    .stream()
                    .map(answer -> new Prediction(answer, 0, 0))
                    .toList();
        } catch (ArithmeticException diverged) {
            return Collections.nCopies(rows.size(), new Prediction(null, 0, 0)); // as in answers
        }
    }

    @Override
    public void close() {
        if (benchmarks != null) {
            benchmarks.close();
        }
        rows.close();
        tokenizer.close();
        model.close();
    }

    /** The rejected answers of the rows that are preference pairs. */
    private List<TokenSequence> rejected(List<Row> rows, OptionalInt cutAfter) {
        return rows.stream()
                .filter(PreferenceRow.class::isInstance)
                .map(row -> example(((PreferenceRow) row).rejected(), cutAfter))
                .toList();
    }

    private TokenSequence example(Row row, OptionalInt cutAfter) {
        try {
            TokenDataset.Row encoded =
                    cutAfter.isPresent() ? rows.encodeStart(row, cutAfter.getAsInt()) : rows.encode(row);
            return encoded.sequence();
        } catch (RowProblem e) {
            throw new StageProblem(
                    FailureType.POISON_DATA, "%s: %s; correct or remove the row".formatted(row.place(), e.reason()), e);
        }
    }

    /** An answer, null for a model that has diverged, with its measures where they are needed. */
    private record Answer(@Nullable String text, @Nullable AnswerFacts facts) {}

    private List<Answer> answers(
            List<Row> rows, List<TokenSequence> examples, int max, AnswerNeeds needs, long seed, IntConsumer progress) {
        GenerationOptions options = GenerationOptions.greedy(max, StopIds.of(folder, tokenizer));
        List<int[]> prompts = prompts(rows, examples);
        try {
            Generator generator = new Generator(model, tokenizer, SHARD_ROWS);
            List<Generated> generated = generator.generate(prompts, options);
            List<Double> confidences = needs.confidence() ? confidences(prompts, generated) : List.of();
            List<List<String>> samples = samples(rows, prompts, generator, options, needs, seed, progress);
            List<Answer> answers = new ArrayList<>();
            for (int at = 0; at < rows.size(); at++) {
                AnswerFacts facts = new AnswerFacts(
                        confidences.isEmpty() ? null : confidences.get(at),
                        null,
                        samples.isEmpty() ? null : samples.get(at));
                if (needs.counts()) {
                    facts = facts.counted(
                            prompts.get(at).length, generated.get(at).ids().length);
                }
                boolean measured = needs.counts() || !confidences.isEmpty() || !samples.isEmpty();
                answers.add(new Answer(read(rows.get(at), generated.get(at), options), measured ? facts : null));
            }
            return answers;
        } catch (ArithmeticException diverged) {
            // Its logits are not numbers. That is a finding, and the gate decides on it.
            return Collections.nCopies(rows.size(), new Answer(null, null));
        }
    }

    private List<int[]> prompts(List<Row> rows, List<TokenSequence> examples) {
        List<int[]> prompts = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            prompts.add(prompt(rows.get(at), examples.get(at)));
        }
        return prompts;
    }

    private String read(Row row, Generated answer, GenerationOptions options) {
        Set<String> callable = CallAnswers.callable(row);
        return callable.isEmpty() ? answer.text() : calls(options).read(answer, callable);
    }

    /** The probability of each whole answer, with the token that ends it, from one forward pass over prompt and answer. */
    private List<Double> confidences(List<int[]> prompts, List<Generated> generated) {
        List<TokenSequence> sequences = new ArrayList<>();
        for (int at = 0; at < prompts.size(); at++) {
            int given = prompts.get(at).length;
            int[] answer = generated.get(at).ids();
            int[] ids = Arrays.copyOf(prompts.get(at), given + answer.length);
            System.arraycopy(answer, 0, ids, given, answer.length);
            boolean[] loss = new boolean[ids.length];
            Arrays.fill(loss, given, ids.length, true);
            sequences.add(new TokenSequence(ids, loss));
        }
        return new Scorer(model, TOKENS_AT_ONCE)
                .score(sequences).stream()
                        .map(score -> Math.min(1, Math.exp(-score.loss())))
                        .toList();
    }

    /** Sampled answers of each row. A sample depends on its prompt and its number, not on the other rows. */
    private List<List<String>> samples(
            List<Row> rows,
            List<int[]> prompts,
            Generator generator,
            GenerationOptions greedy,
            AnswerNeeds needs,
            long seed,
            IntConsumer progress) {
        List<List<String>> samples = new ArrayList<>();
        for (int number = 0; number < needs.samples(); number++) {
            progress.accept(0); // a cancelled run ends between two samples
            List<String> drawn =
                    drawn(rows, prompts, generator, greedy, new Sampling(needs.temperature(), 1, seed + number));
            for (int at = 0; at < rows.size(); at++) {
                if (number == 0) {
                    samples.add(new ArrayList<>());
                }
                samples.get(at).add(drawn.get(at));
            }
        }
        return samples;
    }

    private List<String> drawn(
            List<Row> rows, List<int[]> prompts, Generator generator, GenerationOptions greedy, Sampling sampling) {
        List<Generated> drawn = generator.generate(
                prompts,
                new GenerationOptions(greedy.maxNewTokens(), sampling, greedy.stopIds(), greedy.stopStrings()));
        List<String> answers = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            answers.add(read(rows.get(at), drawn.get(at), greedy));
        }
        return answers;
    }

    private CallAnswers calls(GenerationOptions options) {
        CallAnswers reader = calls;
        if (reader == null) {
            reader = new CallAnswers(ChatTemplate.of(folder), tokenizer, options.stopIds());
            calls = reader;
        }
        return reader;
    }

    /**
     * The tokens before the answer: of a chat as the template renders them, else all tokens before
     * the first one with a loss.
     */
    private int[] prompt(Row row, TokenSequence example) {
        if (row.answered() instanceof ChatRow chat) {
            return chats().prompt(chat.question());
        }
        int given = 0;
        while (!example.loss()[given]) {
            given++;
        }
        if (given == 0) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "%s: has an empty prompt, and this model's tokenizer adds no start token, so there is"
                                    .formatted(row.place())
                            + " nothing to answer; give the row a prompt");
        }
        return Arrays.copyOf(example.ids(), given);
    }

    private ChatEncoder chats() {
        ChatEncoder encoder = chats;
        if (encoder == null) {
            encoder = new ChatEncoder(ChatTemplate.of(folder), tokenizer);
            chats = encoder;
        }
        return encoder;
    }
}
