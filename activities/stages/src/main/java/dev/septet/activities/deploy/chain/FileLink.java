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
 * The link from the merged model to a GGUF file. The file is read back with no other information,
 * and its weights, logits, prompts and stop tokens are compared.
 *
 * @param model folder of the merged model
 * @param file the GGUF file
 * @param scratch folder for the model that is read back
 */
record FileLink(Path model, Path file, Path scratch, TokenPrompts prompts, ChainProbes probes) {

    /** Checks that the file is complete. */
    void intact(ChainChecks checks) {
        checks.at(ChainLink.FILE, name());
        checks.atLeast("tensors", GgufFile.open(file).tensors().size(), 1, "it is empty; " + ChainChecks.AGAIN);
    }

    /** Checks that each weight was rounded to the nearest value once, and not changed otherwise. */
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

    /** Logits of the model that is read back. */
    List<float[]> logits() throws IOException {
        GgufImport.write(file, read(), ElementType.F32);
        return prompts.logits(read(), Optional.empty());
    }

    /** Folder of the model that is read back; it exists after {@link #logits}. */
    Path read() {
        return scratch.resolve("reread-" + name());
    }

    /** Checks the file's template, tokens and stop tokens; call it after {@link #logits}. */
    void words(ChainChecks checks) {
        checks.at(ChainLink.FILE, name());
        MergedLink.words(checks, model, read(), probes);
    }

    String name() {
        return String.valueOf(file.getFileName());
    }
}
