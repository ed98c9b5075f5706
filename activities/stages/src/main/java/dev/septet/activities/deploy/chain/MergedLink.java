package dev.septet.activities.deploy.chain;

import dev.septet.activities.store.Manifest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.workflows.artifact.ChainLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The link from base model and adapter to the merged model: every weight, every logit, the same
 * prompts and the same stop tokens.
 */
record MergedLink(ExportSource source, Path merged, TokenPrompts prompts, ChainProbes probes) {

    /**
     * Checks the link.
     *
     * @param logits logits of the merged model
     * @return largest absolute logit difference
     */
    double verify(ChainChecks checks, List<float[]> logits) throws IOException {
        checks.at(ChainLink.MERGED, "model");
        double largest = 0;
        if (source.adapter()) {
            MergedWeights weights = MergedWeights.of(
                    ModelFolder.open(source.base()), PeftAdapter.open(source.trained()), ModelFolder.open(merged));
            checks.atMost(
                    "greatest error of a weight, share of its tensor's largest",
                    weights.error(),
                    Bounds.MERGED_WEIGHT,
                    "%s is not base + alpha / rank * B A: the merge was made from other weights, another scale, or weights that were rounded before; %s"
                            .formatted(weights.tensor(), ChainChecks.AGAIN));
            Parity parity = Parity.of(prompts.logits(source.base(), Optional.of(source.trained())), logits);
            checks.atMost(
                    "greatest difference of a logit from base and adapter, share of their scale",
                    parity.share(),
                    Bounds.FLOAT32_LOGITS,
                    ChainChecks.AGAIN);
            largest = parity.largest();
        } else {
            checks.none(
                    "files that are not the trained model's", differences(source.trained(), merged), ChainChecks.AGAIN);
        }
        words(checks, source.adapter() ? source.base() : source.trained(), merged, probes);
        return largest;
    }

    /** Checks that a form has the same rendered prompts and stop tokens as its source. */
    static void words(ChainChecks checks, Path from, Path to, ChainProbes probes) {
        try (PromptForm expected = PromptForm.open(from);
                PromptForm found = PromptForm.open(to)) {
            checks.none(
                    "prompts that become other text or other tokens",
                    found.differences(expected, probes),
                    "its chat template or its tokenizer is not the trained model's; " + ChainChecks.AGAIN);
            checks.none(
                    "stop tokens that are missing",
                    found.missingStops(expected),
                    "answers would not end there: name it as eos_token_id in the base model's"
                            + " generation_config.json, and start the pipeline again");
        }
    }

    private static List<String> differences(Path trained, Path merged) throws IOException {
        List<Manifest.Entry> actual = Manifest.of(Manifest.filesBelow(merged)).files();
        return Manifest.of(Manifest.filesBelow(trained)).files().stream()
                .filter(entry -> !actual.contains(entry))
                .map(Manifest.Entry::path)
                .toList();
    }
}
