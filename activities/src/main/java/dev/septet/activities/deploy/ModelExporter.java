package dev.septet.activities.deploy;

import dev.septet.activities.deploy.chain.Chain;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.support.Heartbeats;
import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.DeploySpec;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.GgufExport;
import dev.septet.llm.format.Merge;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.quantize.GgmlType;
import dev.septet.llm.quantize.QuantizationReport;
import dev.septet.llm.quantize.TensorError;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;

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
    /** The proof, for people and for `septet verify`. */
    static final String CHAIN = "chain.json";

    private static final List<ChainLink> LINKS = List.of(ChainLink.values());
    private static final int PARTS = 7;

    private final ExportSource source;
    private final Path out;
    private final Path scratch;
    private final Heartbeats heartbeats;

    /**
     * What an export found.
     *
     * @param mergeError largest absolute logit difference; 0 where nothing was merged
     * @param quantizeError largest absolute error of a weight; null when not quantised
     * @param chain proof of every hand-off
     */
    record Findings(double mergeError, @Nullable Double quantizeError, ChainReport chain) {}

    ModelExporter(ExportSource source, Path out, Path scratch, Heartbeats heartbeats) {
        this.source = source;
        this.out = out;
        this.scratch = scratch;
        this.heartbeats = heartbeats;
    }

    /**
     * Writes and proves it.
     *
     * @throws StageProblem CHAIN_BROKEN naming the first link that does not hold
     */
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
        say(1, "writing GGUF");
        gguf(model, GgmlType.F16);
        boolean quantize = spec.quantize() == DeploySpec.Quantization.INT8;
        Double quantizeError = null;
        if (quantize) {
            say(2, "quantising");
            QuantizationReport report = gguf(model, GgmlType.Q8_0);
            write("quantization.json", report);
            quantizeError =
                    report.tensors().stream().mapToDouble(TensorError::largest).max().orElse(0);
        }
        Chain chain =
                new Chain(
                        source,
                        out,
                        gguf(GgmlType.F16),
                        quantize ? gguf(GgmlType.Q8_0) : null,
                        scratch,
                        link -> say(3 + LINKS.indexOf(link), "proving link '" + link.word() + "'"));
        ChainReport proof = chain.prove();
        require(proof);
        papers(model);
        write(CHAIN, proof);
        return new Findings(chain.mergeError(), quantizeError, proof);
    }

    /** File name of a model's GGUF. */
    static String gguf(GgmlType type) {
        return "model-%s.gguf".formatted(type.name().toLowerCase(Locale.ROOT));
    }

    private QuantizationReport gguf(Path model, GgmlType type) throws IOException {
        return GgufExport.write(
                ModelFolder.open(model), out.resolve(gguf(type)), source.name(), type);
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

    private static void require(ChainReport proof) {
        Optional<ChainCheck> broken = proof.broken();
        if (broken.isPresent()) {
            throw new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "deploy: %s. Nothing was published".formatted(broken.get().sentence()));
        }
    }

    private void say(int done, String doing) {
        heartbeats.beat(Progress.of("export: " + doing, done, PARTS, "parts"));
    }
}
