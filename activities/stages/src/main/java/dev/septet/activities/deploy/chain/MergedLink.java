package dev.septet.activities.deploy.chain;

import dev.septet.activities.store.Manifest;
import dev.septet.llm.format.ElementType;
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
            List<float[]> exact = prompts.logits(source.base(), Optional.of(source.trained()));
            Parity parity = Parity.of(exact, logits);
            if (isRounded()) {
                rounded(checks, parity, Parity.of(exact, prompts.logits(source.base(), Optional.empty())));
            } else {
                checks.atMost(
                        "greatest difference of a logit from base and adapter, share of their scale",
                        parity.share(),
                        Bounds.FLOAT32_LOGITS,
                        ChainChecks.AGAIN);
            }
            largest = parity.largest();
        } else {
            checks.none(
                    "files that are not the trained model's", differences(source.trained(), merged), ChainChecks.AGAIN);
        }
        words(checks, source.adapter() ? source.base() : source.trained(), merged, probes);
        return largest;
    }

    /** Whether merged weights have fewer bits than float32, because the operator chose the base model's type. */
    private boolean isRounded() {
        return ModelFolder.open(merged).tensors().values().stream()
                .anyMatch(tensor -> tensor.type() == ElementType.BF16 || tensor.type() == ElementType.F16);
    }

    /**
     * Checks what rounding costs: it may not undo what the adapter changed.
     *
     * @param effect what the adapter changed
     */
    private static void rounded(ChainChecks checks, Parity cost, Parity effect) {
        String next =
                "the base model's type is too coarse for this adapter; set SEPTET_MERGED_TYPE=float32, and start the"
                        + " pipeline again";
        checks.atMost(
                "divergence of the rounded merge from base and adapter, nats per token",
                cost.divergence(),
                Bounds.ROUNDED_MERGE,
                next);
        if (effect.divergence() > 0) {
            checks.atMost(
                    "divergence of the rounded merge, share of what the adapter changed",
                    cost.divergence() / effect.divergence(),
                    Bounds.OF_EFFECT,
                    next);
        }
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
