package dev.septet.activities.evaluate.form;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.ExportedForm;
import dev.septet.activities.deploy.FormExaminer;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.evaluate.BenchmarkRuns;
import dev.septet.activities.evaluate.Champion;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.ExamFiles;
import dev.septet.activities.evaluate.ExamRun;
import dev.septet.activities.evaluate.Predictions;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.graph.KeyMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Examines the GGUF files of an export, and removes those that do not pass from it. The files stay as they were examined: the
 * chain compares their digests.
 */
public record FormsExam(
        ArtifactStore store,
        PipelineFiles files,
        Subjects subjects,
        GuardModels guards,
        EvaluateActivitiesImpl.Judges judges)
        implements FormExaminer {
    /** With the guards of this process, and without models that judge answers. */
    public FormsExam(ArtifactStore store, PipelineFiles files, Subjects subjects) {
        this(store, files, subjects, GuardModels.ofProcess(files), (run, progress) -> Teachers.none());
    }

    @Override
    public @Nullable String filesDigest(RunRef run, EvaluateSpec exam) throws IOException {
        return ExamFiles.ofForms(files, run, exam, present(run, exam));
    }

    private KeyMeasurements present(RunRef run, EvaluateSpec exam) throws IOException {
        return ExamFiles.measured(
                KeyMeasurements.NONE,
                files,
                run,
                exam,
                BenchmarkRuns.digest(files, run, exam),
                SafetyChecks.digest(files, guards, run, exam.safety()));
    }

    @Override
    public ChainReport examine(
            DeployRequest request,
            ExportSource source,
            Path out,
            List<ExportedForm> forms,
            Fence fence,
            Heartbeats heartbeats)
            throws IOException {
        EvaluateSpec written = Objects.requireNonNull(request.exam());
        requireUnchanged(request, present(request.run(), written));
        TimedSubjects timed = new TimedSubjects(subjects, System::nanoTime);
        ExamRun.Models models = models(request, source);
        FormExam exam = exam(request, source, models, timed, fence, heartbeats);
        List<FormResult> results = new ArrayList<>();
        ModelFolder model = ModelFolder.open(out.resolve("model"));
        results.add(exam.whole(weightBytes(out.resolve("model")), model.parameters()));
        for (ExportedForm form : forms) {
            results.add(form.leftOut() == null ? exam.of(form) : FormResult.of(form));
        }
        timed.speed(request.run().runId()).store(store, request.run().pipeline(), fence);
        FormsReport report = FormsReport.of(
                request.setup().seed(),
                models.tuned().computedIn(),
                FormExamSpec.leftOut(written),
                results,
                FormExamPart.words(written));
        requireForms(report, request.spec());
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

    @Override
    public void store(Path out, ArtifactRef export, Fence fence) throws IOException {
        Optional<FormsReport> report = FormsReport.read(out);
        if (report.isPresent()) {
            report.get().store(store, export, fence);
        }
    }

    /** Forms that answer other rows than the model would take another exam. */
    private void requireUnchanged(DeployRequest request, KeyMeasurements present) throws IOException {
        Optional<StageKey> evaluated = new StageResults(store)
                .key(Stage.EVALUATE, request.evaluation().origin().key());
        if (evaluated.isEmpty()) {
            throw StageProblem.invalid(
                    "deploy: exam: the store does not have the key of the evaluation any more, so nothing shows that"
                            + " the forms take the same exam; run the pipeline again");
        }
        for (KeyMeasurement what : ExamFiles.MEASURED) {
            if (!Objects.equals(evaluated.get().value(what.group()).orElse(null), present.get(what))) {
                throw StageProblem.invalid(
                        "deploy: exam: files changed since the evaluation (%s), so the forms would take another exam than the model; run the pipeline again"
                                .formatted(what.group()));
            }
        }
    }

    private ExamRun.Models models(DeployRequest request, ExportSource source) throws IOException {
        Precision precision = request.setup().precision();
        Candidate base =
                Candidate.whole("base model", source.base(), request.model().artifact(), precision);
        ArtifactRef trained = request.checkpoint().artifact();
        Candidate tuned = source.adapter()
                ? base.with(FormExam.WHOLE, source.trained(), trained)
                : Candidate.whole(FormExam.WHOLE, source.trained(), trained, precision);
        String compared = request.evaluation().champion();
        if (compared == null) {
            return new ExamRun.Models(base, tuned, null);
        }
        Champion champion = Champion.of(store, request.run().pipeline());
        if (!champion.sha256().equals(compared)) {
            throw StageProblem.invalid(
                    "deploy: exam: another model was deployed since the evaluation compared with the champion; run the"
                            + " pipeline again");
        }
        return new ExamRun.Models(base, tuned, champion.candidate(store, base, precision));
    }

    private FormExam exam(
            DeployRequest request,
            ExportSource source,
            ExamRun.Models models,
            Subjects timed,
            Fence fence,
            Heartbeats heartbeats)
            throws IOException {
        RunRef run = request.run();
        ExamRun exam = ExamRun.of(
                ExamFiles.read(
                        files,
                        guards,
                        run,
                        FormExamSpec.examined(Objects.requireNonNull(request.exam())),
                        heartbeats::reportAndCheck),
                models,
                request.setup().seed(),
                source.dataset(),
                request.dataset().artifact(),
                new ExamRun.Worker(
                        store,
                        fence,
                        guards,
                        new Predictions(
                                store, fence, timed, judges.of(run, heartbeats::reportAndCheck), RequestClock.REAL),
                        (doing, done, total) ->
                                heartbeats.reportAndCheck(Progress.of("export: " + doing, done, total, "rows"))));
        return new FormExam(
                exam, request.spec(), models.tuned(), request.setup().seed());
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
                same
                        ? null
                        : "the file changed during the exam; start the pipeline again, and it writes the form again");
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
