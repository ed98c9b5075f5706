package dev.septet.workers.cli.schedule;

import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.recover.RunRecords;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ParamOption;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.local.CatalogueFile;
import dev.septet.workers.local.Connection;
import dev.septet.workers.schedule.DesiredSchedule;
import dev.septet.workers.schedule.ScheduleChange;
import dev.septet.workers.schedule.ScheduleProblem;
import dev.septet.workers.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet apply}. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Make the server's schedules match the pipeline files; a second call changes nothing.",
            "",
            "Settings that a file does not name stay: a paused schedule remains paused, and its" + " note remains."
        })
public final class ApplyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Pipeline files (.groovy)")
    private List<Path> paths = new ArrayList<>();

    @Mixin
    private ParamOption params = new ParamOption();

    @Option(names = "--dry-run", description = "Show what would change, and change nothing")
    private boolean dryRun;

    @Option(
            names = "--prune",
            description = "Delete schedules that `septet apply` made and that no given file declares;"
                    + " other schedules stay")
    private boolean prune;

    @Option(names = "--json", description = "Print the changes as JSON")
    private boolean json;

    public ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        Map<PipelineArgument, PipelineSpec> files = ScheduleFiles.read(paths, params.values());
        List<DesiredSchedule> desired = files.values().stream()
                .map(spec -> new DesiredSchedule(spec.name(), spec.schedule(), new TreeMap<>(params.values())))
                .toList();
        List<ScheduleChange> changes;
        try (Connection connection = ServerConnector.any(session)) {
            Schedules schedules = new Schedules(connection);
            changes = schedules.plan(desired, prune);
            ScheduleTable table = new ScheduleTable(session.terminal(), dryRun);
            if (!json) {
                table.changes(changes); // printed before anything is changed
            }
            if (!dryRun) {
                changes = schedules.apply(desired, changes);
                record(desired, changes);
            }
            if (json) {
                table.json(connection.server().address(), changes);
            } else {
                table.summary(changes);
                if (!dryRun) {
                    for (DesiredSchedule schedule : desired) {
                        schedules
                                .clockChanges(schedule, session.clock().instant())
                                .forEach(session.terminal()::note);
                    }
                }
            }
        } catch (ScheduleProblem refused) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(refused.getMessage()));
        }
        files.forEach(this::warnOfUnserved);
        return ExitCode.OK;
    }

    /** Records the schedules in the store, from which `septet recover` makes them on an empty server. */
    private void record(List<DesiredSchedule> desired, List<ScheduleChange> changes) {
        try {
            RunRecords records = new RunRecords(session.store());
            for (DesiredSchedule schedule : desired) {
                records.scheduled(
                        new RunRecords.Scheduled(schedule.pipeline(), schedule.spec(), schedule.params()),
                        session.clock().millis());
            }
            for (ScheduleChange change : changes) {
                if (change.action() == ScheduleChange.Action.DELETE) {
                    records.scheduled(
                            new RunRecords.Scheduled(change.id(), null, Map.of()),
                            session.clock().millis());
                }
            }
        } catch (CliProblem noStore) {
            session.terminal().note("The schedules are not recorded for `septet recover`: " + noStore.getMessage());
        }
    }

    /**
     * Warns if the workers do not have the file under its name, because a scheduled run starts by
     * name.
     */
    private void warnOfUnserved(PipelineArgument file, PipelineSpec spec) {
        List<Path> served = new CatalogueFile(session.state()).read();
        if (served.isEmpty() || spec.schedule() == null) {
            return; // the workers run on other machines, so their folders are unknown
        }
        try {
            var entry = new Catalog(served).find(spec.name());
            if (entry.isEmpty() || !Files.isSameFile(entry.get().file(), file.path())) {
                session.terminal()
                        .note(
                                "%s is not the file that this machine's workers serve as '%s', so scheduled runs will fail or use another file. Serve this file: septet dev --pipelines %s"
                                        .formatted(file.path(), spec.name(), file.folder()));
            }
        } catch (IOException | RuntimeException unreadable) {
            session.terminal().note("the workers' folders cannot be read: " + unreadable);
        }
    }
}
