package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
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
import java.util.OptionalInt;
import java.util.Set;
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

    EngineSubject(Path folder, LanguageModel model, Tokenizer tokenizer, ModelRowEncoder rows) {
        this.folder = folder;
        this.model = model;
        this.tokenizer = tokenizer;
        this.rows = rows;
    }

    @Override
    public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
        List<TokenSequence> examples =
                rows.stream().map(row -> example(row, cutAfter)).toList();
        Scorer scorer = new Scorer(model, TOKENS_AT_ONCE);
        List<ExampleScore> scores = scorer.score(examples);
        Iterator<ExampleScore> rejected = scorer.score(rejected(rows, cutAfter)).iterator();
        List<@Nullable String> answers = answerTokens.isPresent()
                ? answers(rows, examples, options(answerTokens.getAsInt(), Sampling.GREEDY))
                : List.of();
        List<Prediction> predictions = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            ExampleScore score = scores.get(at);
            predictions.add(new Prediction(
                    answers.isEmpty() ? null : answers.get(at),
                    score.loss(),
                    Math.toIntExact(score.tokens()),
                    rows.get(at) instanceof PreferenceRow
                            ? (Double) rejected.next().loss()
                            : null));
        }
        return predictions;
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
        List<Prediction> predictions = new ArrayList<>();
        for (String answer : answers(rows, examples, options(answerTokens, new Sampling(temperature, 1, seed)))) {
            predictions.add(new Prediction(answer, 0, 0));
        }
        return predictions;
    }

    @Override
    public void close() {
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

    private GenerationOptions options(int max, Sampling sampling) {
        return new GenerationOptions(max, sampling, StopIds.of(folder, tokenizer), List.of());
    }

    private List<@Nullable String> answers(List<Row> rows, List<TokenSequence> examples, GenerationOptions options) {
        List<int[]> prompts = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            prompts.add(prompt(rows.get(at), examples.get(at)));
        }
        try {
            List<Generated> generated =
                    new Generator(model, tokenizer, Predictions.SHARD_ROWS).generate(prompts, options);
            List<@Nullable String> answers = new ArrayList<>();
            for (int at = 0; at < rows.size(); at++) {
                Set<String> callable = CallAnswers.callable(rows.get(at));
                Generated answer = generated.get(at);
                answers.add(callable.isEmpty() ? answer.text() : calls(options).read(answer, callable));
            }
            return answers;
        } catch (ArithmeticException diverged) {
            // Its logits are not numbers. That is a finding, and the gate decides on it.
            return Collections.nCopies(rows.size(), null);
        }
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
