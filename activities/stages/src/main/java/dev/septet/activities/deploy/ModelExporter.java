package dev.septet.activities.deploy;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.chain.Chain;
import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.deploy.chain.ChainProbes;
import dev.septet.activities.deploy.chain.EndpointHost;
import dev.septet.activities.deploy.chain.EndpointLink;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.quantize.QuantizationReport;
import dev.septet.llm.quantize.TensorError;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes every deployable form of a trained model to a folder. Each form is verified against the
 * form that it was made from, before anything is published.
 */
final class ModelExporter {
    /** The verification report, for people and for `septet verify`. */
    static final String CHAIN = "chain.json";

    private static final List<ChainLink> LINKS = List.of(ChainLink.values());
    private static final int PARTS = 8;

    private final ExportSource source;
    private final Path out;
    private final Path scratch;
    private final Heartbeats heartbeats;
    private final EndpointHost host;
    private final MergedType type;

    /**
     * Results of an export.
     *
     * @param mergeError largest absolute logit difference; 0 when nothing was merged
     * @param quantizeError largest absolute error of a weight in any form; null when nothing was
     *     quantized
     * @param chain verification of every hand-off
     */
    record Findings(double mergeError, @Nullable Double quantizeError, ChainReport chain) {}

    /**
     * @param host serves the model for the last link, when a target will serve it
     * @param type type of merged weights
     */
    ModelExporter(
            ExportSource source, Path out, Path scratch, Heartbeats heartbeats, EndpointHost host, MergedType type) {
        this.type = type;
        this.source = source;
        this.out = out;
        this.scratch = scratch;
        this.heartbeats = heartbeats;
        this.host = host;
    }

    /** Examines the written forms, and removes those that do not pass. */
    @FunctionalInterface
    interface Exam {
        ChainReport of(List<ExportedForm> forms) throws IOException;
    }

    /** The GGUF files after the checks of the chain. The 16-bit file is published too, so it takes the exam. */
    private List<ExportedForm> exported(Chain chain, DeploySpec spec) {
        List<ExportedForm> forms = new ArrayList<>();
        forms.add(exported(chain, GgufForm.F16, null));
        spec.quantize().forEach(format -> forms.add(exported(chain, ExportForms.form(format), format)));
        return forms;
    }

    private ExportedForm exported(Chain chain, GgufForm form, DeploySpec.@Nullable Quantization format) {
        ChainCheck failed = chain.leftOut().get(form);
        return new ExportedForm(
                form.word(),
                format,
                out.resolve(ExportForms.gguf(form)),
                chain.read(form),
                chain.divergences().get(form),
                failed == null ? null : failed.sentence() + ".");
    }

    /**
     * Writes and verifies the export.
     *
     * @param examiner examines the forms; null without an exam
     * @throws StageProblem CHAIN_BROKEN naming the first broken link
     */
    Findings write(DeploySpec spec, @Nullable Exam examiner) throws IOException {
        List<GgufForm> smaller = spec.quantize().stream().map(ExportForms::form).toList();
        Chain chain = new Chain(
                source,
                out,
                ExportForms.gguf(GgufForm.F16),
                smaller,
                scratch,
                link -> report(3 + LINKS.indexOf(link), "proving link '" + link.word() + "'"));
        require(chain.sources());
        ExportForms forms = new ExportForms(source, out, type);
        report(0, "merging");
        forms.model();
        report(1, "writing GGUF");
        forms.gguf16();
        Double quantizeError = null;
        Map<String, QuantizationReport> reports = new LinkedHashMap<>();
        for (GgufForm form : smaller) {
            report(2, "quantising to " + form.word());
            reports.put(ExportForms.gguf(form), forms.quantized(form));
        }
        if (!reports.isEmpty()) {
            write("quantization.json", reports);
            quantizeError = reports.values().stream()
                    .flatMap(report -> report.tensors().stream())
                    .mapToDouble(TensorError::largest)
                    .max()
                    .orElse(0);
        }
        ChainReport proof = examiner == null ? chain.forms() : chain.formsWithinBounds();
        require(proof);
        if (examiner != null) {
            report(2 + LINKS.size(), "examining the forms");
            proof = proof.plus(examiner.of(exported(chain, spec)));
            require(proof);
        }
        if (spec.servesHttp()) {
            proof = proof.plus(answers());
            require(proof);
        }
        forms.documents();
        write(CHAIN, proof);
        return new Findings(chain.mergeError(), quantizeError, proof);
    }

    private void write(String name, Object report) throws IOException {
        Files.writeString(
                out.resolve(name),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    }

    private ChainReport answers() throws IOException {
        report(3 + LINKS.indexOf(ChainLink.ENDPOINT), "asking the model over HTTP");
        Path model = out.resolve("model");
        try (EndpointHost.Running served = host.start(source.name(), model)) {
            return new EndpointLink(
                            model, source.adapter() ? source.base() : null, ChainProbes.of(source.dataset()), false)
                    .verify(new ChainEndpoint(served.address(), source.name(), null), "http");
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

    private void report(int done, String doing) {
        heartbeats.reportAndCheck(Progress.of("export: " + doing, done, PARTS, "parts"));
    }
}
