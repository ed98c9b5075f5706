package dev.septet.activities.deploy.chain;

import dev.septet.activities.store.Manifest;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.workflows.artifact.ChainLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The link from training to deployment: the base model and the trained weights are those that the
 * evaluation measured.
 */
record AdapterLink(ExportSource source, Path export, TokenPrompts prompts) {
    private static final String OTHER = "what is deployed is not what the gate agreed to: start the pipeline again";

    void verify(ChainChecks checks) throws IOException {
        EvaluatedModel evaluated = EvaluatedModel.of(source.evaluation());
        checks.at(ChainLink.ADAPTER, "base model");
        same(checks, evaluated.base(), source.base());
        checks.at(ChainLink.ADAPTER, source.adapter() ? "adapter" : "trained model");
        same(checks, evaluated.trained(), source.trained());
        if (source.adapter()) {
            PeftAdapter adapter = PeftAdapter.open(source.trained());
            checks.none(
                    "adapted modules that the base model does not have",
                    unmatched(ModelFolder.open(source.base()), adapter),
                    "other tools would leave them out without a word: train again on this base"
                            + " model, or correct the names");
        }
        checkEvaluated(checks, evaluated);
    }

    /** Checks that the adapter beside the merged model is the trained one. */
    void copied(ChainChecks checks) throws IOException {
        if (source.adapter()) {
            checks.at(ChainLink.ADAPTER, "adapter");
            checks.none(
                    "files of the exported adapter that are not the trained one's",
                    differences(source.trained(), export.resolve("adapter")),
                    ChainChecks.AGAIN);
        }
    }

    /** Checks that the adapter has an effect: the base model alone gives other logits. */
    void effect(ChainChecks checks, Parity effect) {
        checks.at(ChainLink.ADAPTER, "adapter");
        checks.atLeast(
                "greatest change of the base model's logits, share of their scale",
                effect.share(),
                Bounds.EFFECT,
                "the adapter changes nothing of what the base model answers: it was not trained, or"
                        + " its layers were not found; train longer, or look at the learning rate");
    }

    private static void same(ChainChecks checks, Optional<String> evaluated, Path folder) throws IOException {
        if (evaluated.isPresent()) {
            String digest = Manifest.of(Manifest.filesBelow(folder)).digest();
            checks.none(
                    "sha256 that differ from the one evaluation names",
                    digest.equals(evaluated.get())
                            ? List.of()
                            : List.of("%.12s instead of %.12s".formatted(digest, evaluated.get())),
                    OTHER);
        }
    }

    private void checkEvaluated(ChainChecks checks, EvaluatedModel evaluated) {
        if (evaluated.losses().isEmpty()) {
            return;
        }
        Path model = source.adapter() ? source.base() : source.trained();
        Optional<Path> adapter = source.adapter() ? Optional.of(source.trained()) : Optional.empty();
        try (LanguageModel opened = LanguageModel.open(model, ComputePrecision.FLOAT32, adapter)) {
            checks.atMost(
                    "greatest difference from the losses that evaluation measured, nats per token",
                    evaluated.drift(opened, source.dataset()),
                    evaluated.bfloat16() ? Bounds.LOSS_BFLOAT16 : Bounds.LOSS_FLOAT32,
                    "weights, scale or base model are not those that were evaluated: look at"
                            + " lora_alpha and r in adapter_config.json, then start the pipeline"
                            + " again");
        }
    }

    private static List<String> unmatched(ModelFolder base, PeftAdapter adapter) {
        List<String> unmatched = new ArrayList<>();
        for (LoraWeights module : adapter.modules().values()) {
            StoredTensor weight = base.tensors().get(module.module() + ".weight");
            boolean fits = weight != null
                    && weight.shape().dimension() == 2
                    && weight.shape().get(0) == module.b().shape().get(0)
                    && weight.shape().get(1) == module.a().shape().get(1);
            if (!fits) {
                unmatched.add(module.module());
            }
        }
        for (String target : adapter.config().targets()) {
            boolean name = target.matches("[A-Za-z0-9_.]+");
            boolean found = adapter.modules().keySet().stream()
                    .anyMatch(module -> module.equals(target) || module.endsWith("." + target));
            if (name && !found) {
                unmatched.add("target " + target);
            }
        }
        return unmatched;
    }

    private static List<String> differences(Path trained, Path exported) throws IOException {
        List<Manifest.Entry> expected =
                Manifest.of(Manifest.filesBelow(trained)).files();
        List<Manifest.Entry> actual = Manifest.of(Manifest.filesBelow(exported)).files();
        return expected.stream()
                .filter(entry -> !actual.contains(entry))
                .map(Manifest.Entry::path)
                .toList();
    }
}
