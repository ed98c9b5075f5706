package dev.septet.activities.deploy.chain;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Proves an export: every form is the model it was made from, or the first broken link is named.
 */
public final class Chain {
    private final ExportSource source;
    private final Path model;
    private final FileLink f16;
    private final @Nullable FileLink q8;
    private final TokenPrompts prompts;
    private final AdapterLink adapterLink;
    private final MergedLink mergedLink;
    private final Consumer<ChainLink> listener;
    private final Checks checks = new Checks();
    private double mergeError;

    /**
     * What is proved.
     *
     * @param export folder with {@code model/}, {@code adapter/} where there is one, and GGUFs
     * @param f16 file name of the GGUF of 16 bits
     * @param q8 file name of the GGUF of 8 bits, null when there is none
     * @param scratch empty, for models that are read back
     * @param listener hears which link is looked at
     */
    public Chain(
            ExportSource source,
            Path export,
            String f16,
            @Nullable String q8,
            Path scratch,
            Consumer<ChainLink> listener)
            throws IOException {
        this.source = source;
        this.model = export.resolve("model");
        this.listener = listener;
        this.prompts = TokenPrompts.of(source.dataset(), source.base());
        Probes probes = Probes.of(source.dataset());
        this.f16 = new FileLink(model, export.resolve(f16), scratch, prompts, probes);
        this.q8 =
                q8 == null
                        ? null
                        : new FileLink(model, export.resolve(q8), scratch, prompts, probes);
        this.adapterLink = new AdapterLink(source, export, prompts);
        this.mergedLink = new MergedLink(source, model, prompts, probes);
    }

    /** Looks at what the export is to be made from, before it is. */
    public ChainReport sources() throws IOException {
        return looked(this::lookAtSources);
    }

    /** Looks at what was made, link by link until one is broken; after {@link #sources}. */
    public ChainReport forms() throws IOException {
        return looked(this::lookAtForms);
    }

    /** Largest absolute logit difference between base and adapter, and merged. */
    public double mergeError() {
        return mergeError;
    }

    private interface Look {
        void at() throws IOException;
    }

    private ChainReport looked(Look look) throws IOException {
        try {
            look.at();
        } catch (Checks.Broken broken) {
            // The report says which.
        } catch (FormatProblem | TemplateProblem unreadable) {
            checks.unreadable(String.valueOf(unreadable.getMessage()));
        }
        return new ChainReport(
                checks.report().checks().stream()
                        .sorted(Comparator.comparing(ChainCheck::link))
                        .toList());
    }

    private void lookAtSources() throws IOException {
        listener.accept(ChainLink.ADAPTER);
        adapterLink.prove(checks);
    }

    private void lookAtForms() throws IOException {
        adapterLink.copied(checks);
        checks.at(ChainLink.FILE, "model");
        checks.atLeast(
                "tensors",
                Files.isDirectory(model) ? ModelFolder.open(model).tensors().size() : 0,
                1,
                Checks.AGAIN);
        f16.intact(checks);
        if (q8 != null) {
            q8.intact(checks);
        }
        listener.accept(ChainLink.MERGED);
        List<float[]> merged = prompts.logits(model, Optional.empty());
        mergeError = mergedLink.prove(checks, merged);
        Parity effect = null;
        if (source.adapter()) {
            effect = Parity.of(merged, prompts.logits(source.base(), Optional.empty()));
            adapterLink.effect(checks, effect);
        }
        if (q8 != null) {
            listener.accept(ChainLink.QUANTIZED);
            quantized(checks, q8, merged, effect);
        }
        listener.accept(ChainLink.FILE);
        f16.rounded(checks, ChainLink.FILE);
        checks.atMost(
                "greatest difference of a logit from the merged model, share of their scale",
                Parity.of(merged, f16.logits()).share(),
                Bounds.F16_LOGITS,
                "this model does not bear 16 bits, or the file says its shape otherwise; "
                        + Checks.AGAIN);
        f16.words(checks);
        if (q8 != null) {
            q8.words(checks);
        }
    }

    private static void quantized(
            Checks checks, FileLink q8, List<float[]> merged, @Nullable Parity effect)
            throws IOException {
        q8.rounded(checks, ChainLink.QUANTIZED);
        Parity cost = Parity.of(merged, q8.logits());
        checks.atMost(
                "divergence from the merged model, nats per token",
                cost.divergence(),
                Bounds.Q8_DIVERGENCE,
                "eight bits cost this model too much; leave quantize out");
        if (effect != null) {
            checks.atMost(
                    "divergence from the merged model, share of what the adapter changed",
                    cost.divergence() / effect.divergence(),
                    Bounds.OF_EFFECT,
                    "eight bits undo more than training did; train longer, or leave quantize out");
        }
    }
}
