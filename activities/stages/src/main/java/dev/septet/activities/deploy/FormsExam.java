package dev.septet.activities.deploy;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.chain.Chain;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.evaluate.Predictions;
import dev.septet.activities.evaluate.form.FormExam;
import dev.septet.activities.evaluate.form.FormFile;
import dev.septet.activities.evaluate.form.FormResult;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.form.TimedSubjects;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.deploy.DeployRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Examines the GGUF files of an export, and removes those that do not pass from it. The files stay as they were examined: the
 * chain compares their digests.
 */
record FormsExam(
        DeployRequest request,
        ExportSource source,
        ArtifactStore store,
        PipelineFiles files,
        Subjects subjects,
        Fence fence,
        Heartbeats heartbeats) {
    /**
     * Examines the forms, and writes {@code forms.json}.
     *
     * @param chain after the checks of the forms
     * @return the proof that each remaining file is the examined one
     * @throws StageProblem GATE_FAILED when a target needs a quantized form, and none passed
     */
    ChainReport examine(Chain chain, Path out, DeploySpec spec) throws IOException {
        TimedSubjects timed = new TimedSubjects(subjects, System::nanoTime);
        FormExam exam = exam(timed);
        List<FormResult> results = new ArrayList<>();
        ModelFolder model = ModelFolder.open(out.resolve("model"));
        results.add(exam.whole(weightBytes(out.resolve("model")), model.parameters()));
        Map<GgufForm, ChainCheck> leftOut = chain.leftOut();
        for (GgufForm form : forms(spec)) {
            FormFile file = new FormFile(
                    form.word(),
                    format(spec, form),
                    out.resolve(ExportForms.gguf(form)),
                    chain.read(form),
                    chain.divergences().get(form));
            ChainCheck failed = leftOut.get(form);
            results.add(failed == null ? exam.of(file) : FormExam.refused(file, failed.sentence() + "."));
        }
        timed.speed(request.run().runId()).store(store, request.run().pipeline(), fence);
        FormsReport report = FormsReport.of(exam.seed(), exam.precision(), exam.notExamined(), results);
        requireForms(report, spec);
        List<ChainCheck> checks = new ArrayList<>();
        for (FormResult result : report.files()) {
            Path file = out.resolve(result.file());
            if (result.passes()) {
                checks.add(sameBytes(result, file));
            } else {
                Files.delete(file);
            }
        }
        report.write(out);
        return new ChainReport(checks);
    }

    /**
     * Checks that an export has only GGUF files that passed, each with the examined bytes.
     *
     * @throws StageProblem CHAIN_BROKEN naming the first other file
     */
    static void check(Path export) throws IOException {
        FormsReport report = FormsReport.read(export)
                .orElseThrow(() -> broken("the export has no results of an exam in " + FormsReport.FILE));
        try (Stream<Path> all = Files.list(export)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".gguf"))
                    .sorted()
                    .toList()) {
                Optional<String> objection = report.objection(String.valueOf(file.getFileName()), file);
                if (objection.isPresent()) {
                    throw broken(objection.get());
                }
            }
        }
    }

    private static StageProblem broken(String problem) {
        return new StageProblem(
                FailureType.CHAIN_BROKEN,
                "deploy: exam: %s. Nothing was published; start the pipeline again".formatted(problem));
    }

    private FormExam exam(Subjects timed) throws IOException {
        Precision precision = request.setup().precision();
        Candidate base =
                Candidate.whole("base model", source.base(), request.model().artifact(), precision);
        ArtifactRef trained = request.checkpoint().artifact();
        Candidate tuned = source.adapter()
                ? base.with(FormExam.WHOLE, source.trained(), trained)
                : Candidate.whole(FormExam.WHOLE, source.trained(), trained, precision);
        return FormExam.of(
                files,
                request.run(),
                Objects.requireNonNull(request.exam()),
                request.spec(),
                request.setup().seed(),
                source.dataset(),
                request.dataset().artifact(),
                source.evaluation(),
                new FormExam.Models(base, tuned),
                new Predictions(store, fence, timed),
                (doing, done, total) ->
                        heartbeats.reportAndCheck(Progress.of("export: " + doing, done, total, "rows")));
    }

    /** The 16-bit file is examined too: it is published, and it is the largest point of the comparison. */
    private static List<GgufForm> forms(DeploySpec spec) {
        return Stream.concat(Stream.of(GgufForm.F16), spec.quantize().stream().map(ExportForms::form))
                .toList();
    }

    private static @Nullable Quantization format(DeploySpec spec, GgufForm form) {
        return spec.quantize().stream()
                .filter(format -> ExportForms.form(format) == form)
                .findFirst()
                .orElse(null);
    }

    private static long weightBytes(Path model) throws IOException {
        long bytes = 0;
        try (Stream<Path> all = Files.list(model)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static ChainCheck sameBytes(FormResult result, Path file) {
        boolean same = FolderDigest.ofFile(file).equals(result.sha256());
        return new ChainCheck(
                ChainLink.FILE,
                result.file(),
                "files that differ from the one that passed the exam",
                same ? 0 : 1,
                false,
                0,
                same ? null : "the file changed during the exam; start the pipeline again, it makes this form anew");
    }

    /** A target that serves one file needs a quantized one: the 16-bit file is not what the pipeline file asks for. */
    private static void requireForms(FormsReport report, DeploySpec spec) {
        List<FormResult> quantized = report.files().stream()
                .filter(form -> !form.form().equals(GgufForm.F16.word()))
                .toList();
        List<TargetSpec> single = spec.targets().stream()
                .filter(target -> target instanceof OllamaSpec || target instanceof LlamacppSpec)
                .toList();
        if (single.isEmpty() || quantized.stream().anyMatch(FormResult::passes)) {
            return;
        }
        throw new StageProblem(
                FailureType.GATE_FAILED,
                "deploy: exam: no quantized form passed, but target %s serves one. %s Add a larger form, such as `quantize q8_0`, or a larger maxDrop:. Nothing was published"
                        .formatted(
                                single.stream().map(TargetSpec::place).collect(Collectors.joining(", ")),
                                quantized.stream()
                                        .map(form -> "%s is %s: %s".formatted(form.form(), form.verdict(), form.why()))
                                        .collect(Collectors.joining(" "))));
    }
}
