package dev.septet.workers.cli;

import dev.septet.activities.store.FileModes;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import dev.septet.workers.cli.audit.AuditCommand;
import dev.septet.workers.cli.audit.ReviewCommand;
import dev.septet.workers.cli.check.CheckTrainerCommand;
import dev.septet.workers.cli.check.LintCommand;
import dev.septet.workers.cli.check.PlanCommand;
import dev.septet.workers.cli.compare.CompareCommand;
import dev.septet.workers.cli.create.ImportCommand;
import dev.septet.workers.cli.create.InitCommand;
import dev.septet.workers.cli.data.DataCommand;
import dev.septet.workers.cli.explain.ExplainCommand;
import dev.septet.workers.cli.machine.AdoptCommand;
import dev.septet.workers.cli.machine.CodecServerCommand;
import dev.septet.workers.cli.machine.DevCommand;
import dev.septet.workers.cli.machine.DoctorCommand;
import dev.septet.workers.cli.machine.EnvCommand;
import dev.septet.workers.cli.machine.WorkerCommand;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.publish.RollbackCommand;
import dev.septet.workers.cli.publish.VerifyCommand;
import dev.septet.workers.cli.run.ResumeCommand;
import dev.septet.workers.cli.run.RunCommand;
import dev.septet.workers.cli.schedule.ApplyCommand;
import dev.septet.workers.cli.schedule.ScheduleCommand;
import dev.septet.workers.cli.serve.ChatCommand;
import dev.septet.workers.cli.serve.KeyCommand;
import dev.septet.workers.cli.serve.ServeCommand;
import dev.septet.workers.cli.status.RecommendCommand;
import dev.septet.workers.cli.status.ReportCommand;
import dev.septet.workers.cli.status.RunsCommand;
import dev.septet.workers.cli.status.StatusCommand;
import dev.septet.workers.cli.steer.ApproveCommand;
import dev.septet.workers.cli.steer.RejectCommand;
import dev.septet.workers.cli.steer.SteerCommand;
import dev.septet.workers.cli.store.BackupCommand;
import dev.septet.workers.cli.store.GcCommand;
import dev.septet.workers.cli.store.KeysCommand;
import dev.septet.workers.cli.store.QuotaCommand;
import dev.septet.workers.cli.store.RecoverCommand;
import dev.septet.workers.cli.store.RestoreCommand;
import dev.septet.workers.cli.support.SupportBundleCommand;
import dev.septet.workers.cli.ui.UiCommand;
import dev.septet.workers.cli.workers.WorkersCommand;
import dev.septet.workers.log.ProcessLog;
import dev.septet.workers.trace.TraceExport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The main class of the program {@code septet}. */
@Command(
        name = "septet",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fine-tuning pipelines for language models, as code, on Temporal.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the run or a check failed, or the request was refused",
            "2:the command line is invalid",
            "3:the pipeline file is invalid",
            "4:the gate, the approvers or the canary rejected the model",
            "5:not found",
            "6:the port is in use",
            "7:the verification of an audit log failed",
            "69:the Temporal server cannot be reached",
            "70:a worker process ended itself after an error",
            "130:interrupted"
        })
public final class Septet implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Session session = Session.system();
        closeNewFolders(session.state());
        ProcessLog.configure(session.state().logs().resolve("septet.log"));
        int code = commandLine(session).execute(args);
        TraceExport.flush();
        System.exit(code);
    }

    /**
     * Creates the folder of logs, and with it the state folder, for its owner only. The logging
     * library would create missing folders with the umask's permissions.
     */
    private static void closeNewFolders(StateFolder state) {
        try {
            FileModes.OWNER.folder(state.logs());
        } catch (IOException readOnly) {
            // A command that writes there reports it; a command that only reads does not need the
            // folder.
        }
    }

    /** The command line with all commands, for a session. */
    static CommandLine commandLine(Session session) {
        CommandLine line = new CommandLine(new Septet());
        line.addSubcommand(new InitCommand(session));
        line.addSubcommand(new ImportCommand(session));
        line.addSubcommand(new RunCommand(session));
        line.addSubcommand(new PlanCommand(session));
        line.addSubcommand(new LintCommand(session));
        line.addSubcommand(new WordsCommand(session));
        line.addSubcommand(DataCommand.commandLine(session));
        line.addSubcommand(new CheckTrainerCommand(session));
        line.addSubcommand(new DevCommand(session));
        line.addSubcommand(new WorkerCommand(session));
        line.addSubcommand(WorkersCommand.commandLine(session));
        line.addSubcommand(new CodecServerCommand(session));
        line.addSubcommand(new ApplyCommand(session));
        line.addSubcommand(new ScheduleCommand(session));
        line.addSubcommand(new UiCommand(session));
        line.addSubcommand(new StatusCommand(session));
        line.addSubcommand(new RunsCommand(session));
        line.addSubcommand(new ReportCommand(session));
        line.addSubcommand(new RecommendCommand(session));
        line.addSubcommand(new CompareCommand(session));
        line.addSubcommand(new ExplainCommand(session));
        line.addSubcommand(new DoctorCommand(session));
        line.addSubcommand(new SupportBundleCommand(session));
        line.addSubcommand(new GcCommand(session));
        line.addSubcommand(new BackupCommand(session));
        line.addSubcommand(new RestoreCommand(session));
        line.addSubcommand(new RecoverCommand(session));
        line.addSubcommand(new QuotaCommand(session));
        line.addSubcommand(new EnvCommand(session));
        line.addSubcommand(new SteerCommand(session));
        line.addSubcommand(new ResumeCommand(session));
        line.addSubcommand(new ApproveCommand(session));
        line.addSubcommand(new RejectCommand(session));
        line.addSubcommand(new ChatCommand(session));
        line.addSubcommand(new ServeCommand(session));
        line.addSubcommand(KeyCommand.commandLine(session));
        line.addSubcommand(KeysCommand.commandLine(session));
        line.addSubcommand(new VerifyCommand(session));
        line.addSubcommand(new RollbackCommand(session));
        line.addSubcommand(new AdoptCommand(session));
        line.addSubcommand(AuditCommand.commandLine(session));
        line.addSubcommand(new ReviewCommand(session));
        line.addSubcommand(new CompletionCommand(session));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(writer(session.terminal().out()));
        line.setErr(writer(session.terminal().err()));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                session.terminal().live() && Setting.NO_COLOR.value(session.environment()) == null
                        ? CommandLine.Help.Ansi.ON
                        : CommandLine.Help.Ansi.OFF));
        line.setParameterExceptionHandler(new UsageProblems());
        line.setExecutionExceptionHandler(new PlainProblems(session));
        return line;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
