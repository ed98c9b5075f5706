package dev.septet.activities.deploy.chain;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.gguf.GgufRounding;
import dev.septet.workflows.artifact.ChainLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The merged model to a GGUF, which is read back as a stranger would: weights, logits, words, stop.
 *
 * @param model folder of the merged model
 * @param file the GGUF
 * @param scratch for the model that is read back
 */
record FileLink(Path model, Path file, Path scratch, TokenPrompts prompts, ChainProbes probes) {

    /** Whether the file is whole. */
    void intact(ChainChecks checks) {
        checks.at(ChainLink.FILE, name());
        checks.atLeast("tensors", GgufFile.open(file).tensors().size(), 1, "it is empty; " + ChainChecks.AGAIN);
    }

    /** Rounded to the nearest, once, and nothing else. */
    void rounded(ChainChecks checks, ChainLink link) {
        checks.at(link, name());
        GgufRounding rounding = GgufRounding.of(ModelFolder.open(model), file);
        checks.atMost(
                "greatest error of a weight, in half steps of its type",
                rounding.halfSteps(),
                Bounds.HALF_STEPS,
                "%s is not the merged model's tensor rounded once: it was rounded before, put in another order, or damaged; %s"
                        .formatted(rounding.tensor(), ChainChecks.AGAIN));
    }

    /** Logits of the model read back. */
    List<float[]> logits() throws IOException {
        Path folder = scratch.resolve("reread-" + name());
        GgufImport.write(file, folder, ElementType.F32);
        return prompts.logits(folder, Optional.empty());
    }

    /** What the file says of template, tokens and stops; after {@link #logits}. */
    void words(ChainChecks checks) {
        checks.at(ChainLink.FILE, name());
        MergedLink.words(checks, model, scratch.resolve("reread-" + name()), probes);
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }
}
