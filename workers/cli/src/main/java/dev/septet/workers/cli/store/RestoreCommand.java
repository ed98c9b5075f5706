package dev.septet.workers.cli.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.backup.BackupProblem;
import dev.septet.activities.backup.BackupRepository;
import dev.septet.activities.backup.Restore;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.DiskFullException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.StorageFailure;
import dev.septet.workers.cli.option.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet restore}. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Restore a backup to this machine's empty state folder and store.",
            "",
            "Every byte is compared with its digest. If the command is killed, run it again: it completes the restore."
                    + " Stop Septet on the former machine first, because two machines must not have the same state."
        })
public final class RestoreCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FROM", description = "The folder of `septet backup`, or s3://BUCKET/PREFIX")
    private String from = "";

    @Option(names = "--id", paramLabel = "ID", description = "This backup. Default: the newest")
    private @Nullable String id;

    @Option(
            names = "--only",
            paramLabel = "PART",
            description = "Only this part: ${COMPLETION-CANDIDATES}. Repeatable. Default: store, state and database")
    private List<Restore.Part> only = new ArrayList<>();

    @Option(
            names = "--folders",
            description = "Also the published models, in the folders that they had. Read the list first with --dry-run")
    private boolean folders;

    @Option(names = "--dry-run", description = "Print what would be restored, and write nothing")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public RestoreCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        BackupPlaces places = new BackupPlaces(session);
        BackupRepository repository = places.repository(from);
        try {
            String named = id;
            BackupRepository.Stored backup = named == null ? repository.newest() : repository.read(named);
            Set<Restore.Part> parts = parts();
            if (!dryRun) {
                Restore.Destination to = new Restore.Destination(
                        session.state().path(), session.state().database(), places.store(), places.bucket());
                new Restore(repository, backup, to, parts, new Disk(), bytes -> {}).run();
                point(parts);
            }
            print(backup, parts);
            return ExitCode.OK;
        } catch (BackupProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        } catch (DiskFullException full) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    StorageFailure.diskFull(full)
                            + ". Free some space there, and run the command again: it completes the restore");
        }
    }

    private Set<Restore.Part> parts() {
        EnumSet<Restore.Part> parts = only.isEmpty()
                ? EnumSet.of(Restore.Part.STORE, Restore.Part.STATE, Restore.Part.DATABASE)
                : EnumSet.copyOf(only);
        if (folders) {
            parts.add(Restore.Part.FOLDERS);
        }
        return parts;
    }

    /** An alias may have moved after its record was copied: the record counts. */
    private void point(Set<Restore.Part> parts) throws IOException {
        if (!parts.contains(Restore.Part.FOLDERS)) {
            return;
        }
        Aliases aliases = new Aliases(session.store(), session.environment());
        for (String pipeline : aliases.pipelines()) {
            AliasHistory history = aliases.history(pipeline);
            String current = history.current();
            if (current == null
                    || history.targets().stream()
                            .map(AliasHistory.Target::folder)
                            .anyMatch(folder -> !folder.startsWith("s3:") && !Files.isDirectory(Path.of(folder)))) {
                continue;
            }
            try {
                aliases.promote(pipeline, current);
            } catch (StageProblem problem) {
                session.terminal().note("%s: %s".formatted(pipeline, problem.getMessage()));
            }
        }
    }

    private void print(BackupRepository.Stored backup, Set<Restore.Part> parts) {
        Terminal terminal = session.terminal();
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("id", backup.id());
            node.put("restored", !dryRun);
            node.set("parts", SpecJson.mapper().valueToTree(parts));
            node.set("folders", SpecJson.mapper().valueToTree(backup.manifest().folders()));
            node.set("leftOut", SpecJson.mapper().valueToTree(backup.manifest().leftOut()));
            terminal.print(node.toPrettyString());
            return;
        }
        terminal.print("%s backup %s of %s"
                .formatted(
                        dryRun ? "Would restore" : "Restored",
                        backup.id(),
                        backup.manifest().created()));
        Restore.bytes(backup.manifest()).forEach((part, bytes) -> {
            if (parts.contains(part)) {
                terminal.print("  %-9s %10s".formatted(part.name().toLowerCase(Locale.ROOT), GcCommand.size(bytes)));
            }
        });
        backup.manifest()
                .folders()
                .forEach(folder -> terminal.print("  folder    %s%s"
                        .formatted(folder, parts.contains(Restore.Part.FOLDERS) ? "" : " (with --folders)")));
        backup.manifest().leftOut().forEach(what -> terminal.note("Not in this backup: " + what));
        if (!dryRun) {
            terminal.note("Next: check it with `septet verify --store` and `septet doctor`, then start `septet dev`.");
        }
    }
}
