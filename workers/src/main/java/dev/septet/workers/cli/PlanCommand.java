package dev.septet.workers.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.support.ActivitySettings;
import dev.septet.activities.support.PipelineFiles;
import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.dsl.spec.PipelineSpec;
import dev.septet.dsl.spec.SpecDigest;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.llm.format.FormatProblem;
import dev.septet.settings.Setting;
import dev.septet.workers.plan.Planner;
import dev.septet.workers.plan.RunPlan;
import dev.septet.workers.plan.StagePlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code septet plan}. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show what a run would do, reuse and need; nothing is started.")
final class PlanCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private FileOption file = new FileOption();

    @Mixin private DataOption data = new DataOption();

    @Option(names = "--json", description = "Print the plan as JSON")
    private boolean json;

    PlanCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        PipelineSpec spec = file.spec();
        List<Problem> remarks = file.file().tellRemarks(session.terminal());
        List<Path> roots = data.folders(session);
        file.file()
                .requireReadable(
                        roots,
                        "it may read: name them with --data DIR or " + Setting.DATA.variable());
        RunPlan plan;
        try {
            ActivitySettings settings =
                    new ActivitySettings(session.state().store(), List.of(file.folder()), roots);
            PipelineFiles files = new PipelineFiles(settings);
            plan =
                    new Planner(
                                    session.store(),
                                    files,
                                    spec,
                                    new RunRef(
                                            spec.name(),
                                            "plan",
                                            file.folder().toString(),
                                            SpecDigest.of(spec)),
                                    new TargetCheck(
                                            session.store(),
                                            files,
                                            session.environment(),
                                            other -> true,
                                            session.here()::has))
                            .plan();
        } catch (StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.PIPELINE_INVALID, String.valueOf(problem.getMessage()));
        }
        if (json) {
            ObjectNode tree = SpecJson.mapper().valueToTree(plan);
            tree.set("remarks", SpecJson.mapper().valueToTree(ProblemPrinter.objects(remarks)));
            session.terminal().print(tree.toPrettyString());
        } else {
            print(plan);
        }
        return ExitCode.OK;
    }

    private void print(RunPlan plan) {
        Terminal terminal = session.terminal();
        for (StagePlan stage : plan.stages()) {
            terminal.print(
                    String.format(
                            Locale.ROOT,
                            "%s%-8s %s",
                            StageChanges.label(stage.stage()),
                            stage.action().name().toLowerCase(Locale.ROOT),
                            stage.why()));
        }
        terminal.print("");
        terminal.print(
                "Memory   about "
                        + Texts.bytes(plan.memoryBytes())
                        + " for training"
                        + (plan.recompute()
                                ? ", computing activations anew: keeping them takes more than is"
                                        + " free here"
                                : ""));
        terminal.print(
                "         and "
                        + Texts.bytes(plan.snapshotBytes())
                        + " more during a save, which training waits for where twice that is not"
                        + " free");
        if (plan.float32ForBf16()) {
            terminal.print(
                    "         in float32: this processor has no instructions for bf16, and there is"
                            + " no GPU");
        }
        Long frozen = plan.frozenBytes();
        if (frozen != null) {
            terminal.print(
                    "Disk     "
                            + Texts.bytes(frozen)
                            + " in the store for what frozen layers put out; `frozenLayers"
                            + " everyStep` does without");
        }
        Long steps = plan.steps();
        terminal.print(
                "Steps    "
                        + (steps == null ? "known once the data is prepared" : steps.toString()));
        String idleStop = plan.idleStop();
        if (idleStop != null) {
            terminal.print("Stop     " + idleStop + "; validate more often, or lower `patience:`");
        }
        Double seconds = plan.trainSeconds();
        terminal.print(
                "Time     "
                        + (seconds == null
                                ? "known once setup has measured a step on this machine"
                                : "training takes about " + Progress.time(seconds)));
    }
}
