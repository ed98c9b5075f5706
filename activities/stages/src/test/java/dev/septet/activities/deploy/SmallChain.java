package dev.septet.activities.deploy;

import ai.djl.ndarray.types.Shape;
import dev.septet.activities.deploy.chain.Chain;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.store.Manifest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a chain is proved from, made small: a base model with random weights, or the
 * repository's own, a random adapter on it, what evaluation says of the two, and the export.
 */
final class SmallChain {
    final Path root;
    final Plan plan;

    /**
     * What differs between chains.
     *
     * @param own whether on the repository's base model
     * @param quantize whether there are smaller forms
     * @param pairs whether the dataset is one of chosen and rejected answers
     */
    record Plan(long seed, int rank, double alpha, ElementType type, boolean quantize, boolean own, boolean pairs) {}

    SmallChain(Path root, Plan plan) {
        this.root = root;
        this.plan = plan;
    }

    Path base() {
        return root.resolve("base");
    }

    Path adapter() {
        return root.resolve("adapter");
    }

    Path export() {
        return root.resolve("export");
    }

    Path evaluation() {
        return root.resolve("evaluation");
    }

    ExportSource source() {
        return new ExportSource("small", base(), adapter(), true, root.resolve("dataset"), evaluation());
    }

    /** Base model, adapter, dataset and evaluation. */
    SmallChain inputs() throws IOException {
        writeBase(base(), plan.seed());
        writeAdapter();
        dataset();
        evaluate();
        return this;
    }

    /** The export's forms. */
    SmallChain exported() throws IOException {
        return exported(MergedType.FLOAT32);
    }

    /** The export's forms, with merged weights of a type. */
    SmallChain exported(MergedType type) throws IOException {
        ExportForms forms = new ExportForms(source(), Files.createDirectories(export()), type);
        forms.model();
        ggufs();
        return this;
    }

    void ggufs() throws IOException {
        ExportForms forms = new ExportForms(source(), export());
        forms.gguf16();
        if (plan.quantize()) {
            for (GgufForm form : smaller()) {
                forms.quantized(form);
            }
        }
    }

    /**
     * Random models bear 8 bits only; on the repository's own, Q4_K_M costs less than these small
     * adapters change, and Q4_0 more.
     */
    List<GgufForm> smaller() {
        return plan.own() ? List.of(GgufForm.Q8_0, GgufForm.Q4_K_M) : List.of(GgufForm.Q8_0);
    }

    ChainReport proved() throws IOException {
        Chain chain = new Chain(
                source(),
                export(),
                ExportForms.gguf(GgufForm.F16),
                plan.quantize() ? smaller() : List.of(),
                root.resolve("scratch"),
                link -> {});
        ChainReport sources = chain.sources();
        return sources.broken().isPresent() ? sources : chain.forms();
    }

    /** Another base model under the same name. */
    void writeBase(Path folder, long seed) throws IOException {
        new SmallBase(plan).write(folder, seed);
    }

    private void writeAdapter() throws IOException {
        List<String> targets = plan.seed() % 2 == 0
                ? List.of("q_proj", "v_proj", "down_proj")
                : List.of("k_proj", "o_proj", "up_proj", "gate_proj");
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor weight : ModelFolder.open(base()).tensors().values()) {
            String module = weight.name().replaceAll("\\.weight$", "");
            if (targets.stream().anyMatch(target -> module.endsWith("." + target))) {
                tensors.add(normal(
                        PeftAdapter.nameOfA(module),
                        new Shape(plan.rank(), weight.shape().get(1))));
                tensors.add(normal(
                        PeftAdapter.nameOfB(module), new Shape(weight.shape().get(0), plan.rank())));
            }
        }
        PeftAdapter.write(
                adapter(),
                new AdapterConfig("small-base", null, plan.rank(), plan.alpha(), 0, targets, false, false),
                tensors);
    }

    private TensorSource normal(String name, Shape shape) {
        double deviation = plan.own() ? 0.06 : 0.25;
        CounterRandom random = CounterRandom.stream(plan.seed(), name);
        return TensorSource.floats(name, ElementType.F32, shape, () -> {
            float[] values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (deviation * random.normal(i));
            }
            return values;
        });
    }

    private void dataset() throws IOException {
        Path folder = Files.createDirectories(root.resolve("dataset"));
        List<String> questions = List.of("where is my order", "the printer smokes", "reset my password please");
        List<TokenDataset.Row> rows = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        try (Tokenizer tokenizer = Tokenizer.open(base())) {
            ChatEncoder encoder = new ChatEncoder(ChatTemplate.of(base()), tokenizer);
            for (String question : questions) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("source", "data.jsonl:" + (rows.size() + 1));
                if (plan.pairs()) {
                    line.put("prompt", List.of(Map.of("role", "user", "content", question)));
                    line.put("chosen", "we look at it");
                    line.put("rejected", "ask somebody else");
                    rows.add(row(encoder, question, "we look at it"));
                    rows.add(row(encoder, question, "ask somebody else"));
                } else {
                    rows.add(row(encoder, question, "we look at it"));
                    line.put(
                            "messages",
                            List.of(
                                    Map.of("role", "user", "content", question),
                                    Map.of("role", "assistant", "content", "we look at it")));
                }
                lines.append(SpecJson.mapper().writeValueAsString(line)).append('\n');
            }
        }
        TokenDatasetWriter.write(folder.resolve("test.safetensors"), plan.pairs() ? 2 : 1, rows);
        Files.writeString(folder.resolve("test.jsonl"), lines);
    }

    private static TokenDataset.Row row(ChatEncoder encoder, String question, String answer) {
        TokenSequence row =
                encoder.example(List.of(new ChatMessage("user", question), new ChatMessage("assistant", answer)));
        return new TokenDataset.Row(row.ids(), row.mask());
    }

    /** The same files in another folder, to be spoilt. */
    SmallChain copy(Path to) throws IOException {
        for (Map.Entry<String, Path> file : Manifest.filesBelow(root).entrySet()) {
            Path target = to.resolve(file.getKey());
            Files.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
            Files.copy(file.getValue(), target);
        }
        return new SmallChain(to, plan);
    }

    /** What the evaluate stage leaves, as far as the chain reads it. */
    private void evaluate() throws IOException {
        Files.createDirectories(evaluation());
        TokenDataset rows = TokenDataset.open(root.resolve("dataset/test.safetensors"));
        StringBuilder lines = new StringBuilder();
        try (LanguageModel model = LanguageModel.open(base(), ComputePrecision.FLOAT32, Optional.of(adapter()))) {
            // Of pairs the chosen answer, the first of each two rows.
            for (int i = 0; i < rows.examples(); i++) {
                TokenDataset.Row row = rows.row(plan.pairs() ? 2 * i : i);
                var score =
                        new Scorer(model, 4096).score(List.of(row.sequence())).get(0);
                lines.append(String.format(
                        Locale.ROOT,
                        "{\"row\":%d,\"after\":{\"loss\":%s,\"tokens\":%d}}\n",
                        i,
                        score.loss(),
                        score.tokens()));
            }
        }
        Files.writeString(evaluation().resolve("predictions.jsonl"), lines);
        seal();
    }

    /** Names base model and adapter as they are now, as evaluation would have. */
    void seal() throws IOException {
        Files.writeString(
                evaluation().resolve("results.json"),
                SpecJson.mapper()
                        .writeValueAsString(Map.of(
                                "lineage",
                                Map.of(
                                        "base model", digest(base()),
                                        "adapter", digest(adapter())))));
    }

    private static String digest(Path folder) throws IOException {
        return Manifest.of(Manifest.filesBelow(folder)).digest();
    }
}
