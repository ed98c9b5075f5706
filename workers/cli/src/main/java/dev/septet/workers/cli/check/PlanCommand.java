package dev.septet.workers.cli.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.evaluate.gate.PowerForecast;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.track.TrackerCheck;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.llm.format.FormatProblem;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.FileOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.run.StageChanges;
import dev.septet.workers.cli.schedule.StartsText;
import dev.septet.workers.plan.CandidatesForecast;
import dev.septet.workers.plan.FoldForecast;
import dev.septet.workers.plan.FormExamForecast;
import dev.septet.workers.plan.Planner;
import dev.septet.workers.plan.RunForecast;
import dev.septet.workers.plan.StagePlan;
import dev.septet.workers.plan.TrainerForecast;
import dev.septet.workers.plan.VersionForecast;
import dev.septet.workers.schedule.NextStarts;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet plan}. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show what a run would do, reuse and need; start nothing.")
public final class PlanCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--json", description = "Print the plan as JSON")
    private boolean json;

    public PlanCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        session.checkWords();
        PipelineSpec spec = file.spec();
        List<Problem> remarks = file.file().printRemarks(session.terminal());
        List<Path> roots = data.folders(session);
        file.file().requireReadable(roots, "it may read: name them with --data DIR or " + Setting.DATA.variable());
        RunForecast plan;
        CandidatesForecast candidates;
        try (RemoteSources remote = session.remoteSources()) {
            ActivitySettings settings = new ActivitySettings(session.state().store(), List.of(file.folder()), roots);
            PipelineFiles files = new PipelineFiles(settings);
            BaseModelFiles models = BaseModelFiles.of(files, session.environment());
            RunRef run = new RunRef(spec.name(), "plan", file.folder().toString(), SpecDigest.of(spec));
            candidates = CandidatesForecast.of(models, run, spec);
            plan = new Planner(
                            session.store(),
                            files,
                            models,
                            candidates == null ? spec : candidates.planned(spec),
                            run,
                            new TargetCheck(
                                    session.store(),
                                    files,
                                    session.environment(),
                                    other -> true,
                                    session.localPipelines()::has),
                            session.trainers(),
                            remote)
                    .plan();
        } catch (Planner.ModelMissing missing) {
            printData(spec.name(), missing.data(), remarks);
            throw new CliProblem(ExitCode.PIPELINE_INVALID, String.valueOf(missing.getMessage()));
        } catch (DatasetProblem problem) {
            throw new CliProblem(
                    switch (problem.blame()) {
                        case PIPELINE -> ExitCode.PIPELINE_INVALID;
                        case DATA -> ExitCode.RUN_FAILED;
                    },
                    String.valueOf(problem.getMessage()));
        } catch (StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.PIPELINE_INVALID, String.valueOf(problem.getMessage()));
        }
        candidates = candidates == null ? null : candidates.timed(plan.steps(), plan.trainSeconds());
        if (json) {
            ObjectNode tree = SpecJson.mapper().valueToTree(plan);
            if (candidates != null) {
                tree.set("candidates", SpecJson.mapper().valueToTree(candidates));
            }
            if (!jars(spec).isEmpty()) {
                tree.set("jars", SpecJson.mapper().valueToTree(jars(spec)));
            }
            if (!spec.trackers().isEmpty()) {
                tree.set("trackers", SpecJson.mapper().valueToTree(trackers(spec)));
            }
            if (spec.schedule() != null) {
                tree.set("schedule", SpecJson.mapper().valueToTree(starts(spec, spec.schedule())));
            }
            print(tree, remarks);
        } else {
            CandidatesText.print(session.terminal(), candidates);
            print(plan, spec.train().steps() == null);
            jars(spec)
                    .forEach((jar, words) ->
                            session.terminal().print("Jars     %s: %s".formatted(jar, String.join(", ", words))));
            trackers(spec)
                    .forEach(one -> session.terminal()
                            .print("Track    %s: %s"
                                    .formatted(
                                            one.tracker(),
                                            one.problem() == null
                                                    ? "ready"
                                                    : "not ready, so runs end without it. " + one.problem())));
            if (spec.schedule() != null) {
                StartsText.of("Starts   ", starts(spec, spec.schedule())).forEach(session.terminal()::print);
            }
        }
        return ExitCode.OK;
    }

    private List<TrackerCheck> trackers(PipelineSpec spec) {
        try {
            return TrackerCheck.of(spec, DeclaredTrackers.of(session.environment()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** The server is not asked: a plan is the same without one. */
    private NextStarts starts(PipelineSpec spec, ScheduleSpec schedule) {
        return NextStarts.computed(spec.name(), schedule, session.clock().instant());
    }

    /** The words of jars that the pipeline uses, by the jar and its version. */
    private static Map<String, List<String>> jars(PipelineSpec spec) {
        return ExtensionSpec.in(spec).stream()
                .collect(Collectors.groupingBy(
                        used -> used.jar() + " " + used.version(),
                        TreeMap::new,
                        Collectors.mapping(ExtensionSpec::word, Collectors.toList())));
    }

    private void print(ObjectNode plan, List<Problem> remarks) {
        plan.set("remarks", SpecJson.mapper().valueToTree(ProblemPrinter.objects(remarks)));
        session.terminal().print(plan.toPrettyString());
    }

    private void printData(String pipeline, DatasetPreview data, List<Problem> remarks) {
        if (json) {
            ObjectNode tree = SpecJson.mapper().createObjectNode().put("pipeline", pipeline);
            tree.set("data", SpecJson.mapper().valueToTree(data));
            print(tree, remarks);
        } else {
            DataPreviewText.of(data).forEach(session.terminal()::print);
        }
    }

    private void print(RunForecast plan, boolean inEpochs) {
        Terminal terminal = session.terminal();
        for (StagePlan stage : plan.stages()) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "%s%-8s %s",
                    StageChanges.label(stage.stage()),
                    stage.action().name().toLowerCase(Locale.ROOT),
                    stage.why()));
        }
        terminal.print("");
        DatasetPreview data = plan.data();
        if (data != null) {
            DataPreviewText.of(data).forEach(terminal::print);
        }
        if (plan.synthetic() != null) {
            SyntheticForecastText.of(plan.synthetic()).forEach(terminal::print);
        }
        power(plan);
        Long guard = plan.guardBytes();
        if (guard != null) {
            terminal.print(
                    "Guard    " + CliTexts.bytes(guard) + " in the model server, beside the model that it guards");
        }
        exam(plan);
        version(plan);
        RunForecast.ServiceForecast service = plan.service();
        if (service != null) {
            print(service);
            return;
        }
        TrainerForecast outside = plan.outside();
        if (outside != null) {
            new TrainerForecastText(plan, outside, steps(plan, inEpochs))
                    .lines()
                    .forEach(terminal::print);
            return;
        }
        terminal.print("Memory   about "
                + CliTexts.bytes(Objects.requireNonNull(plan.memoryBytes()))
                + " for training"
                + (plan.recompute()
                        ? ", with recomputed activations: storing them takes more memory" + " than is free here"
                        : ""));
        terminal.print("         and "
                + CliTexts.bytes(Objects.requireNonNull(plan.snapshotBytes()))
                + " more during a save; training waits for the save when twice that is not"
                + " free");
        if (plan.float32ForBf16()) {
            terminal.print(
                    "         in float32: this processor has no instructions for bf16, and there is" + " no GPU");
        }
        Long frozen = plan.frozenBytes();
        if (frozen != null) {
            terminal.print("Disk     "
                    + CliTexts.bytes(frozen)
                    + " in the store for the activations of frozen layers; `frozenLayers"
                    + " everyStep` avoids this");
        }
        terminal.print("Steps    " + steps(plan, inEpochs));
        FoldForecast folds = plan.crossValidation();
        if (folds != null) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "         about %,d with the %d folds, which take about %,d each",
                    folds.allSteps(),
                    folds.folds(),
                    folds.steps()));
        }
        SearchForecastText.print(terminal, plan.search());
        String idleStop = plan.idleStop();
        if (idleStop != null) {
            terminal.print("Stop     " + idleStop + "; validate more often, or lower `patience:`");
        }
        Double seconds = plan.trainSeconds();
        terminal.print("Time     "
                + (seconds == null
                        ? "known once setup has measured a step on this machine"
                        : "training takes about "
                                + Progress.time(seconds)
                                + (plan.measuredBy() == null
                                        ? ""
                                        : ", if a step takes as long as run %s measured"
                                                .formatted(plan.measuredBy()))));
        Double all = folds == null ? null : folds.trainSeconds();
        if (all != null) {
            terminal.print("         and all trainings together about %s, one at a time".formatted(Progress.time(all)));
        }
    }

    /** What the gate can decide with the test rows. */
    private void power(RunForecast plan) {
        String label = "Gate     ";
        for (PowerForecast forecast : plan.power()) {
            for (PowerForecast.Check check : forecast.checks()) {
                String set = forecast.set().isEmpty() ? "" : " on " + forecast.set();
                session.terminal().print("%s%s%s: %s".formatted(label, check.name(), set, check.words()));
                label = " ".repeat(label.length());
            }
        }
    }

    /** The disk space of a version. */
    private void version(RunForecast plan) {
        VersionForecast version = plan.version();
        if (version != null) {
            session.terminal().print("Version  " + version.words(CliTexts::bytes));
        }
    }

    /** The answers of quantized forms. */
    private void exam(RunForecast plan) {
        FormExamForecast exam = plan.formExam();
        if (exam != null) {
            session.terminal().print("Exam     " + exam.words(Progress::time));
        }
    }

    private void print(RunForecast.ServiceForecast service) {
        Terminal terminal = session.terminal();
        Long tokens = service.tokens();
        Double cost = service.cost();
        terminal.print("Service  endpoint %s trains %s; the service decides memory, steps and time"
                .formatted(service.endpoint(), service.model()));
        terminal.print("Tokens   "
                + (tokens == null
                        ? "known once the data is prepared"
                        : String.format(Locale.ROOT, "about %,d in all epochs, by the local tokenizer", tokens)));
        if (cost != null) {
            terminal.print(String.format(
                    Locale.ROOT, "Cost     about %.2f %s, by the operator's price", cost, service.currency()));
        }
    }

    /**
     * @param inEpochs whether the number of steps depends on the data's size
     */
    private static String steps(RunForecast plan, boolean inEpochs) {
        Long steps = plan.steps();
        Long epoch = plan.stepsPerEpoch();
        if (steps == null || epoch == null) {
            return "known once the data is prepared";
        }
        DatasetPreview data = plan.data();
        String approximately = data == null || data.exact() ? "" : "about ";
        return String.format(
                Locale.ROOT, "%s%,d; an epoch has %s%,d", inEpochs ? approximately : "", steps, approximately, epoch);
    }
}
