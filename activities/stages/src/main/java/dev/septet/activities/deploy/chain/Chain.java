package dev.septet.activities.deploy.chain;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that each form of an export equals the form that it was made from. The report names the
 * first broken link.
 */
public final class Chain {
    private final ExportSource source;
    private final Path model;
    private final FileLink f16;
    private final Map<GgufForm, FileLink> smaller = new LinkedHashMap<>();
    private final TokenPrompts prompts;
    private final AdapterLink adapterLink;
    private final MergedLink mergedLink;
    private final Consumer<ChainLink> listener;
    private final ChainChecks checks = new ChainChecks();
    private final Map<GgufForm, Double> divergences = new EnumMap<>(GgufForm.class);
    private final Map<GgufForm, ChainCheck> leftOut = new EnumMap<>(GgufForm.class);
    private double mergeError;

    /**
     * Prepares the verification of an export.
     *
     * @param export folder with {@code model/}, {@code adapter/} when there is one, and GGUF files
     * @param f16 file name of the 16-bit GGUF
     * @param forms quantized forms, each as a GGUF file beside it
     * @param scratch empty folder for models that are read back
     * @param listener receives each link before it is checked
     */
    public Chain(
            ExportSource source,
            Path export,
            String f16,
            List<GgufForm> forms,
            Path scratch,
            Consumer<ChainLink> listener)
            throws IOException {
        this.source = source;
        this.model = export.resolve("model");
        this.listener = listener;
        this.prompts = TokenPrompts.of(source.dataset(), source.base());
        ChainProbes probes = ChainProbes.of(source.dataset());
        this.f16 = new FileLink(model, export.resolve(f16), scratch, prompts, probes);
        for (GgufForm form : forms) {
            Path file = export.resolve("model-%s.gguf".formatted(form.word()));
            smaller.put(form, new FileLink(model, file, scratch, prompts, probes));
        }
        this.adapterLink = new AdapterLink(source, export, prompts);
        this.mergedLink = new MergedLink(source, model, prompts, probes);
    }

    /** Checks the sources of the export before it is written. */
    public ChainReport sources() throws IOException {
        return report(this::checkSources);
    }

    /**
     * Checks the written forms, link by link until one is broken; call it after {@link #sources}.
     */
    public ChainReport forms() throws IOException {
        return report(() -> checkForms(false));
    }

    /**
     * The same, but a quantized form that diverges too much from the merged model breaks no link: it is left out. A damaged
     * form breaks its link.
     */
    public ChainReport formsWithinBounds() throws IOException {
        return report(() -> checkForms(true));
    }

    /** The forms that diverge too much, each with the check that it failed. */
    public Map<GgufForm, ChainCheck> leftOut() {
        return Map.copyOf(leftOut);
    }

    /** The divergence of each form from the merged model, in nats per token. */
    public Map<GgufForm, Double> divergences() {
        return Map.copyOf(divergences);
    }

    /** Folder of the model that was read back from a form's file, and from nothing else. */
    public Path read(GgufForm form) {
        FileLink file = form == GgufForm.F16 ? f16 : smaller.get(form);
        return Objects.requireNonNull(file).read();
    }

    /**
     * Largest absolute logit difference between the base model with its adapter and the merged
     * model.
     */
    public double mergeError() {
        return mergeError;
    }

    private interface LinkCheck {
        void run() throws IOException;
    }

    private ChainReport report(LinkCheck look) throws IOException {
        try {
            look.run();
        } catch (ChainChecks.Broken broken) {
            // The report names the unreadable form.
        } catch (FormatProblem | TemplateProblem unreadable) {
            checks.unreadable(String.valueOf(unreadable.getMessage()));
        }
        return new ChainReport(checks.report().checks().stream()
                .sorted(Comparator.comparing(ChainCheck::link))
                .toList());
    }

    private void checkSources() throws IOException {
        listener.accept(ChainLink.ADAPTER);
        adapterLink.verify(checks);
    }

    /** @param leavesOut whether a quantized form that diverges too much is left out, and breaks no link */
    private void checkForms(boolean leavesOut) throws IOException {
        adapterLink.copied(checks);
        checks.at(ChainLink.FILE, "model");
        checks.atLeast(
                "tensors",
                Files.isDirectory(model) ? ModelFolder.open(model).tensors().size() : 0,
                1,
                ChainChecks.AGAIN);
        f16.intact(checks);
        for (FileLink file : smaller.values()) {
            file.intact(checks);
        }
        listener.accept(ChainLink.MERGED);
        List<float[]> merged = prompts.logits(model, Optional.empty());
        mergeError = mergedLink.verify(checks, merged);
        Parity effect = null;
        if (source.adapter()) {
            effect = Parity.of(merged, prompts.logits(source.base(), Optional.empty()));
            adapterLink.effect(checks, effect);
        }
        for (Map.Entry<GgufForm, FileLink> form : smaller.entrySet()) {
            listener.accept(ChainLink.QUANTIZED);
            quantized(leavesOut, form.getKey(), form.getValue(), merged, effect);
        }
        listener.accept(ChainLink.FILE);
        f16.rounded(checks, ChainLink.FILE);
        Parity half = Parity.of(merged, f16.logits());
        divergences.put(GgufForm.F16, half.divergence());
        checks.atMost(
                "greatest difference of a logit from the merged model, share of their scale",
                half.share(),
                Bounds.F16_LOGITS,
                "this model does not bear 16 bits, or the file says its shape otherwise; " + ChainChecks.AGAIN);
        f16.words(checks);
        for (Map.Entry<GgufForm, FileLink> form : smaller.entrySet()) {
            if (!leftOut.containsKey(form.getKey())) {
                form.getValue().words(checks);
            }
        }
    }

    private void quantized(
            boolean leavesOut, GgufForm form, FileLink file, List<float[]> merged, @Nullable Parity effect)
            throws IOException {
        file.rounded(checks, ChainLink.QUANTIZED);
        Parity cost = Parity.of(merged, file.logits());
        divergences.put(form, cost.divergence());
        if (!leavesOut) {
            within(checks, form, cost, effect);
            return;
        }
        ChainChecks own = new ChainChecks().at(ChainLink.QUANTIZED, file.name());
        try {
            within(own, form, cost, effect);
            checks.add(own);
        } catch (ChainChecks.Broken broken) {
            own.report().broken().ifPresent(check -> leftOut.put(form, check));
        }
    }

    private static void within(ChainChecks checks, GgufForm form, Parity cost, @Nullable Parity effect) {
        checks.atMost(
                "divergence from the merged model, nats per token",
                cost.divergence(),
                Bounds.divergence(form),
                "%s costs this model too much; take a larger form, or leave quantize out".formatted(form.word()));
        if (effect != null) {
            checks.atMost(
                    "divergence from the merged model, share of what the adapter changed",
                    cost.divergence() / effect.divergence(),
                    Bounds.OF_EFFECT,
                    "%s undoes more than training did; train longer, take a larger form, or leave quantize out"
                            .formatted(form.word()));
        }
    }
}
