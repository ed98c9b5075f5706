package dev.septet.activities.explain;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.lineage.LineageRow;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.llm.explain.RowInfluence;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Explains answers of a trained model. It only reads the store. */
public final class Explainer {
    private static final int TOKENS_AT_ONCE = 4096;
    private static final int ANSWER_TOKENS = 256;

    private final ArtifactStore store;
    private final TrainedModel model;
    private final Path dataset;
    private final Path base;
    private final Path adapter;
    private final TrainingExamples examples;
    private @Nullable PipelineSpec spec;
    private int checkpoints;

    /**
     * Fetches what the explanation needs.
     *
     * @throws ExplainProblem when a service holds the model, or the training split is empty
     */
    public Explainer(ArtifactStore store, TrainedModel model) throws IOException {
        this.store = store;
        this.model = model;
        this.dataset = store.fetch(model.dataset().artifact());
        this.base = store.fetch(model.base().artifact());
        this.adapter = model.adapter(store);
        this.examples = new TrainingExamples(dataset);
    }

    /**
     * Compares gradients at several steps of the training, which is repeated for that.
     *
     * @param pipeline the pipeline's file as it was when the model was trained
     * @param count number of steps
     */
    public Explainer repeating(PipelineSpec pipeline, int count) {
        spec = pipeline;
        checkpoints = count;
        return this;
    }

    /**
     * Explains an answer.
     *
     * @param scratch an empty folder; the caller deletes it
     * @param top number of rows to list
     * @throws ExplainProblem when the question does not fit
     */
    public Explanation explain(Question question, int top, Path scratch, Explanation.Listener listener)
            throws IOException {
        Row kind = examples.any();
        if (kind == null) {
            throw ExplainProblem.missing("the training split has no rows");
        }
        Row asked = question.asked(dataset, kind);
        try (ModelRowEncoder encoder =
                new ModelRowEncoder(base, ModelConfig.read(base).maxPositions())) {
            Row row;
            String from;
            List<Explanation.Word> words = new ArrayList<>();
            ExampleScore score;
            TokenDataset.Row tokens;
            try (LanguageModel tuned = LanguageModel.open(base, ComputePrecision.FLOAT32, Optional.of(adapter));
                    Tokenizer tokenizer = Tokenizer.open(base)) {
                String reported = reported(question);
                String given = question.answer();
                boolean own = question.reference() || asked instanceof TextRow;
                from = given != null
                        ? "the user"
                        : own ? "the reference" : reported != null ? "the report" : "the model";
                String answer = given != null
                        ? given
                        : own ? null : reported != null ? reported : generated(asked, tuned, tokenizer, encoder);
                row = Question.answered(asked, answer);
                tokens = encoded(encoder, row);
                Scorer scorer = new Scorer(tuned, TOKENS_AT_ONCE);
                score = scorer.score(List.of(tokens.sequence())).get(0);
                if (!Double.isFinite(score.loss())) {
                    throw diverged();
                }
                PromptWords prompt = new PromptWords(row);
                int parts = prompt.parts().size();
                prompt.influences(
                                encoder,
                                scorer,
                                score,
                                done -> listener.report("leaving out words of the prompt", done, parts))
                        .forEach(each -> words.add(new Explanation.Word(
                                each.part().text(), each.part().from(), each.words(), each.drop())));
            }
            States states = states(scratch, listener);
            List<RowInfluence> influences = influences(states.all(), tokens, listener);
            String shown =
                    row instanceof TextRow text ? text.text() : row.reference().orElse("");
            return new Explanation(
                    model.name(),
                    model.runId(),
                    model.trained().artifact().sha256(),
                    new Explanation.Asked(
                            row.place().toString(), row.promptText(), shown, from, -score.loss(), score.tokens()),
                    states.all().stream()
                            .map(state -> new Explanation.State(state.step(), state.weight()))
                            .toList(),
                    states.differingSteps(),
                    examples.rows(),
                    rows(
                            influences.stream()
                                    .filter(each -> each.similarity() > 0)
                                    .toList(),
                            top,
                            true),
                    rows(
                            influences.stream()
                                    .filter(each -> each.similarity() < 0)
                                    .toList(),
                            top,
                            false),
                    words);
        } catch (FormatProblem problem) {
            throw new ExplainProblem(
                    ExplainProblem.Kind.REFUSED,
                    "the model of run %s cannot be explained: %s".formatted(model.runId(), problem.getMessage()),
                    problem);
        }
    }

    /** The adapters whose gradients are compared. */
    private record States(
            List<TrainingReplay.State> all, @Nullable Integer differingSteps) {}

    /** The last adapter, or those of the repeated training. */
    private States states(Path scratch, Explanation.Listener listener) throws IOException {
        PipelineSpec repeated = spec;
        if (repeated == null) {
            return new States(List.of(new TrainingReplay.State(model.trained().steps(), 1, adapter)), null);
        }
        TrainingReplay.Result replayed = new TrainingReplay(model, repeated, store).run(checkpoints, scratch, listener);
        return new States(replayed.states(), replayed.differingSteps());
    }

    private List<RowInfluence> influences(
            List<TrainingReplay.State> states, TokenDataset.Row question, Explanation.Listener listener) {
        int all = states.size() * examples.count();
        try {
            return RowInfluence.of(
                    base,
                    states.stream()
                            .map(state -> new RowInfluence.State(state.folder(), state.weight()))
                            .toList(),
                    question,
                    examples,
                    Math.max(examples.longest(), question.tokens().length),
                    done -> listener.report("comparing training rows", done, all));
        } catch (ArithmeticException infinite) {
            throw diverged();
        }
    }

    private ExplainProblem diverged() {
        return ExplainProblem.refused(
                "the model of run %s has diverged: its probabilities are not numbers, so nothing explains them. Train again with a smaller learningRate"
                        .formatted(model.runId()));
    }

    /** The first rows of a list with their texts and origins. Equal rows are in the order of the split. */
    private List<Explanation.InfluentialRow> rows(List<RowInfluence> influences, int top, boolean supporting)
            throws IOException {
        Comparator<RowInfluence> order = Comparator.comparingDouble(RowInfluence::similarity);
        List<RowInfluence> first = influences.stream()
                .sorted((supporting ? order.reversed() : order).thenComparingInt(RowInfluence::row))
                .limit(top)
                .toList();
        Map<Integer, TrainingExamples.Shown> shown =
                examples.shown(first.stream().map(RowInfluence::row).toList());
        ArtifactRef lineage = model.dataset().lineage();
        Map<Long, List<LineageRow>> origins = lineage == null || !store.holds(lineage)
                ? Map.of()
                : TrainingExamples.origins(
                        store.fetch(lineage),
                        shown.values().stream().map(TrainingExamples.Shown::row).toList());
        List<Explanation.InfluentialRow> rows = new ArrayList<>();
        for (RowInfluence each : first) {
            TrainingExamples.Shown row = shown.get(each.row());
            if (row == null) {
                throw ExplainProblem.refused(
                        "train.jsonl of the dataset of run %s has fewer rows than train.safetensors; prepare the dataset again"
                                .formatted(model.runId()));
            }
            rows.add(new Explanation.InfluentialRow(
                    row.row(),
                    row.copies(),
                    row.content().place().toString(),
                    origins.getOrDefault(row.row(), List.of()),
                    row.prompt(),
                    row.answer(),
                    each.similarity(),
                    each.product() * row.copies()));
        }
        return rows;
    }

    private @Nullable String reported(Question question) throws IOException {
        var evaluation = model.evaluation();
        return evaluation == null || !store.holds(evaluation.artifact())
                ? null
                : question.reported(store.fetch(evaluation.artifact()));
    }

    private String generated(Row asked, LanguageModel tuned, Tokenizer tokenizer, ModelRowEncoder encoder) {
        int[] prompt;
        if (asked instanceof ChatRow chat) {
            prompt = new ChatEncoder(ChatTemplate.of(base), tokenizer).prompt(chat.question());
        } else {
            TokenSequence example = encoded(encoder, asked).sequence();
            int given = 0;
            while (!example.loss()[given]) {
                given++;
            }
            prompt = Arrays.copyOf(example.ids(), given);
        }
        try {
            return new Generator(tuned, tokenizer, 1)
                    .generate(List.of(prompt), GenerationOptions.greedy(ANSWER_TOKENS, StopIds.of(base, tokenizer)))
                    .get(0)
                    .text();
        } catch (IllegalArgumentException tooLong) {
            throw ExplainProblem.request(String.valueOf(tooLong.getMessage()));
        } catch (ArithmeticException infinite) {
            throw diverged();
        }
    }

    private static TokenDataset.Row encoded(ModelRowEncoder encoder, Row row) {
        try {
            return encoder.encode(row);
        } catch (RowProblem unfit) {
            throw ExplainProblem.request("%s: %s".formatted(row.place(), unfit.reason()));
        }
    }
}
