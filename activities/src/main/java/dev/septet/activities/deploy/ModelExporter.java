package dev.septet.activities.deploy;

import dev.septet.activities.support.Heartbeats;
import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.DeploySpec;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.GgufExport;
import dev.septet.llm.format.GgufImport;
import dev.septet.llm.format.Merge;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.quantize.GgmlType;
import dev.septet.llm.quantize.QuantizationReport;
import dev.septet.llm.quantize.TensorError;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes every deployable form of a trained model into a folder. Each form proves that it is the
 * model it was made from, before anything is published.
 */
final class ModelExporter {
    /** Merging only reorders float32 sums: differences stay in their last digits. */
    private static final double MERGE_BOUND = 1e-3;

    /** Halves keep 11 bits: a deep model's logits move by about a hundredth of their scale. */
    private static final double F16_BOUND = 2e-2;

    /** Nats per token that eight bits may cost; llama.cpp's own Q8_0 models stay below 0.01. */
    private static final double Q8_BOUND = 0.05;

    private static final int PARTS = 5;

    private final ExportSource source;
    private final Path out;
    private final Path scratch;
    private final Heartbeats heartbeats;
    private final List<int[]> prompts;

    /**
     * What an export found.
     *
     * @param mergeError largest absolute logit difference; 0 where nothing was merged
     * @param quantizeError largest absolute error of a weight; null when not quantised
     */
    record Findings(double mergeError, @Nullable Double quantizeError) {}

    ModelExporter(ExportSource source, Path out, Path scratch, Heartbeats heartbeats) {
        this.source = source;
        this.out = out;
        this.scratch = scratch;
        this.heartbeats = heartbeats;
        this.prompts = Parity.prompts(source.dataset());
    }

    Findings write(DeploySpec spec) throws IOException {
        say(0, "merging");
        Path model = out.resolve("model");
        if (source.adapter()) {
            Merge.write(
                    ModelFolder.open(source.base()),
                    PeftAdapter.open(source.trained()),
                    model,
                    ElementType.F32);
            copy(source.trained(), out.resolve("adapter"));
        } else {
            copy(source.trained(), model);
        }
        say(1, "proving the merged model");
        List<float[]> merged = Parity.logits(model, Optional.empty(), prompts);
        Parity merge = source.adapter() ? merge(merged) : null;
        Parity effect = source.adapter() ? effect(merged) : null;
        say(2, "writing GGUF");
        gguf(model, GgmlType.F16);
        Parity f16 = reread(merged, GgmlType.F16);
        require(
                f16.within(F16_BOUND),
                "the GGUF in F16 differs from the merged model by %.3g in a logit",
                f16.largest());
        Double quantizeError = null;
        Parity q8 = null;
        if (spec.quantize() == DeploySpec.Quantization.INT8) {
            say(3, "quantising");
            QuantizationReport report = gguf(model, GgmlType.Q8_0);
            write("quantization.json", report);
            quantizeError =
                    report.tensors().stream().mapToDouble(TensorError::largest).max().orElse(0);
            q8 = reread(merged, GgmlType.Q8_0);
            require(
                    q8.divergence() <= Q8_BOUND,
                    "eight bits cost this model %.3g nats per token; leave quantize out",
                    q8.divergence());
        }
        say(4, "writing the card");
        write(
                "parity.json",
                new ParityReport(prompts.size(), merged.size(), merge, effect, f16, q8));
        papers(model);
        return new Findings(merge == null ? 0 : merge.largest(), quantizeError);
    }

    /** File name of a model's GGUF. */
    static String gguf(GgmlType type) {
        return "model-%s.gguf".formatted(type.name().toLowerCase(Locale.ROOT));
    }

    private Parity merge(List<float[]> merged) {
        Parity parity =
                Parity.of(
                        Parity.logits(source.base(), Optional.of(source.trained()), prompts),
                        merged);
        require(
                parity.within(MERGE_BOUND),
                "the merged model differs from base and adapter by %.3g in a logit",
                parity.largest());
        return parity;
    }

    private Parity effect(List<float[]> merged) {
        Parity effect = Parity.of(Parity.logits(source.base(), Optional.empty(), prompts), merged);
        require(
                effect.largest() > 0,
                "the adapter changes no logit of the base model by more than %.1g: it was not"
                        + " trained, or its layers were not found",
                effect.largest());
        return effect;
    }

    private QuantizationReport gguf(Path model, GgmlType type) throws IOException {
        return GgufExport.write(
                ModelFolder.open(model), out.resolve(gguf(type)), source.name(), type);
    }

    private Parity reread(List<float[]> merged, GgmlType type) throws IOException {
        Path folder = scratch.resolve("reread-" + type.name());
        GgufImport.write(out.resolve(gguf(type)), folder, ElementType.F32);
        return Parity.of(merged, Parity.logits(folder, Optional.empty(), prompts));
    }

    /** The model card and the scores go along with the model. */
    private void papers(Path model) throws IOException {
        for (String name : List.of("README.md", "results.json")) {
            Path paper = source.evaluation().resolve(name);
            if (Files.exists(paper)) {
                Files.copy(paper, out.resolve(name));
            }
        }
        Path card = source.evaluation().resolve("README.md");
        if (Files.exists(card) && !Files.exists(model.resolve("README.md"))) {
            Files.copy(card, model.resolve("README.md"));
        }
    }

    private void write(String name, Object report) throws IOException {
        Files.writeString(
                out.resolve(name),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(report)
                        + "\n");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    private static void require(boolean holds, String message, Object number) {
        if (!holds) {
            throw new StageProblem(
                    FailureType.BACKEND_FAILED,
                    "deploy: %s; nothing was published".formatted(message.formatted(number)));
        }
    }

    private void say(int done, String doing) {
        heartbeats.beat(Progress.of("export: " + doing, done, PARTS, "parts"));
    }
}
