package dev.septet.workers.cli.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.backup.BackupManifest;
import dev.septet.activities.backup.BackupProblem;
import dev.septet.activities.backup.BackupRepository;
import dev.septet.activities.backup.BackupSources;
import dev.septet.activities.backup.BackupWriter;
import dev.septet.activities.backup.LastBackup;
import dev.septet.activities.backup.Restore;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.Version;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.StorageFailure;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.server.DatabaseFile;
import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet backup}. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Copy the server's database, the store, audit logs, reviewed rows and published models to a folder or a bucket.",
            "",
            "Runs may be in progress. Only files that no earlier backup has are copied. A killed backup changes nothing;"
                    + " the earlier ones stay valid."
        })
public final class BackupCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "TO", description = "A folder for backups only, or s3://BUCKET/PREFIX")
    private String to = "";

    @Option(names = "--keep", paramLabel = "N", description = "Afterwards, delete all but the newest N backups")
    private @Nullable Integer keep;

    @Option(
            names = "--verify",
            description = "Write nothing; read every byte of a backup and compare it with its digest")
    private boolean verify;

    @Option(names = "--list", description = "Write nothing; list the backups")
    private boolean list;

    @Option(names = "--id", paramLabel = "ID", description = "With --verify: this backup. Default: the newest")
    private @Nullable String id;

    @Option(names = "--full", description = "Read also the files that have not changed since the last backup")
    private boolean full;

    @Option(
            names = "--with-keys",
            description =
                    "Copy the key files too, in plain, to keys/ beside the backups. Without it, keep copies of the key"
                            + " files elsewhere")
    private boolean withKeys;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public BackupCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        if ((verify && list) || (id != null && !verify) || (keep != null && keep < 1)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "choose --verify or --list; --id needs --verify; --keep needs a number of at least 1");
        }
        BackupRepository repository = new BackupPlaces(session).repository(to);
        try {
            if (list) {
                list(repository);
                return ExitCode.OK;
            }
            return verify ? verify(repository) : write(repository);
        } catch (BackupProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        } catch (DiskFullException full) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    StorageFailure.diskFull(full)
                            + ". Free some space there, and run the command again. The earlier backups are valid, and the next one uses the files that were copied");
        }
    }

    private int write(BackupRepository repository) throws IOException {
        BackupSources sources = sources();
        BackupWriter writer =
                new BackupWriter(repository, sources, Instant.now(), new Version().getVersion()[0], bytes -> {});
        BackupWriter.Written written = (full ? writer.full() : writer).write(keep);
        BackupManifest manifest = written.backup().manifest();
        Terminal terminal = session.terminal();
        try {
            new LastBackup(written.backup().id(), manifest.created(), repository.at())
                    .write(session.state().lastBackup());
        } catch (IOException unwritten) {
            terminal.note("The backup is complete, but `septet doctor` will not know of it: " + unwritten.getMessage());
        }
        if (json) {
            ObjectNode node = described(written.backup());
            node.put("added", written.added());
            node.put("removed", written.removed());
            terminal.print(node.toPrettyString());
            return ExitCode.OK;
        }
        terminal.print("Backup %s in %s".formatted(written.backup().id(), repository.at()));
        terminal.print(String.format(
                Locale.ROOT,
                "  %,d files, %s; new in this backup: %s",
                manifest.files().size(),
                GcCommand.size(manifest.bytes()),
                GcCommand.size(written.added())));
        for (Map.Entry<Restore.Part, Long> part : Restore.bytes(manifest).entrySet()) {
            terminal.print("  %-9s %10s"
                    .formatted(part.getKey().name().toLowerCase(Locale.ROOT), GcCommand.size(part.getValue())));
        }
        manifest.folders().forEach(folder -> terminal.print("  folder    " + folder));
        if (written.removed() > 0) {
            terminal.print(String.format(Locale.ROOT, "  %d older backups were deleted", written.removed()));
        }
        manifest.leftOut().forEach(what -> terminal.note("Not in this backup: " + what));
        if (!manifest.encrypted()) {
            terminal.note(
                    "This backup is not encrypted, as the store is not. Whoever reads it can read all rows and models.");
        }
        return ExitCode.OK;
    }

    private BackupSources sources() throws IOException {
        BackupPlaces places = new BackupPlaces(session);
        List<String> leftOut = new ArrayList<>();
        DatabaseFile database = new DatabaseFile(session.state().database());
        ServerRef configured = session.servers()
                .find()
                .filter(server -> server.kind() == ServerRef.Kind.CONFIGURED)
                .orElse(null);
        if (configured != null) {
            leftOut.add(
                    "the database of the Temporal server %s, which Septet does not run: back it up by its own means, before this command"
                            .formatted(configured.address()));
        } else if (!database.exists()) {
            leftOut.add("a database of a Temporal server: %s does not exist".formatted(database.file()));
        }
        List<Path> folders = folders(leftOut);
        SortedMap<String, Path> keys = keys(leftOut);
        leftOut.add(
                "pipeline files, and the data that they read: keep them in version control and on disks of their own");
        return new BackupSources(
                session.existingStore(),
                places.store(),
                places.bucket(),
                session.state().path(),
                configured == null && database.exists() ? file -> copy(database, file) : null,
                folders,
                keys,
                leftOut);
    }

    private static void copy(DatabaseFile database, Path to) throws IOException {
        try {
            database.copyTo(to);
        } catch (IOException problem) {
            if (DiskFullException.orSame(to, problem) instanceof DiskFullException full) {
                throw full;
            }
            throw new BackupProblem(String.valueOf(problem.getMessage()), problem);
        }
    }

    /** The folders of this machine that models are published to. */
    private List<Path> folders(List<String> leftOut) throws IOException {
        Aliases aliases = new Aliases(session.existingStore(), session.environment());
        TreeSet<Path> folders = new TreeSet<>();
        for (String pipeline : aliases.pipelines()) {
            for (AliasHistory.Target target : aliases.history(pipeline).places()) {
                if (S3Address.names(target.folder())) {
                    leftOut.add("the models that %s published to %s".formatted(pipeline, target.folder()));
                } else if (Files.isDirectory(Path.of(target.folder()))) {
                    folders.add(Path.of(target.folder()));
                } else {
                    leftOut.add("the models that %s published to %s: this folder is not on this machine"
                            .formatted(pipeline, target.folder()));
                }
            }
        }
        return List.copyOf(folders);
    }

    private SortedMap<String, Path> keys(List<String> leftOut) {
        SortedMap<String, Path> keys = new TreeMap<>();
        for (Setting setting : List.of(Setting.STORE_KEYS, Setting.CODEC_KEYS, Setting.RUN_KEY_FILE)) {
            String file = setting.text(session.environment());
            if (!file.isEmpty() && withKeys) {
                keys.put(setting.variable(), Path.of(file).toAbsolutePath());
            } else if (!file.isEmpty()) {
                leftOut.add("the keys in %s (%s): keep a copy of this file elsewhere; without it %s"
                        .formatted(
                                file,
                                setting.variable(),
                                setting == Setting.RUN_KEY_FILE
                                        ? "workers refuse the runs in progress"
                                        : "what they encrypt cannot be read"));
            }
        }
        return keys;
    }

    private int verify(BackupRepository repository) throws IOException {
        String named = id;
        BackupRepository.Stored backup = named == null ? repository.newest() : repository.read(named);
        BackupRepository.Verified verified = repository.verify(backup, bytes -> {});
        if (json) {
            ObjectNode node = described(backup);
            node.set("verified", SpecJson.mapper().valueToTree(verified));
            session.terminal().print(node.toPrettyString());
        } else {
            for (BackupRepository.Damage damage : verified.damaged()) {
                session.terminal()
                        .print("damaged  %s: %s%n         it is the content of %s"
                                .formatted(damage.object(), damage.why(), damage.path()));
            }
            session.terminal()
                    .print(String.format(
                            Locale.ROOT,
                            "Backup %s: %,d files of %s were read, %d are damaged",
                            backup.id(),
                            verified.files(),
                            GcCommand.size(verified.bytes()),
                            verified.damaged().size()));
        }
        if (verified.locked() > 0) {
            session.terminal()
                    .note(String.format(
                            Locale.ROOT,
                            "%,d files are encrypted with a key that is not configured (SEPTET_STORE_KEYS); they were not compared",
                            verified.locked()));
        }
        if (!verified.damaged().isEmpty()) {
            session.terminal()
                    .note(
                            "Check the disk, remove the damaged objects, and run `septet backup --full %s`: it copies them again while the originals exist."
                                    .formatted(to));
            return ExitCode.RUN_FAILED;
        }
        return ExitCode.OK;
    }

    private void list(BackupRepository repository) throws IOException {
        ArrayNode all = SpecJson.mapper().createArrayNode();
        for (String known : repository.ids()) {
            try {
                BackupRepository.Stored backup = repository.read(known);
                all.add(described(backup));
                if (!json) {
                    session.terminal()
                            .print(String.format(
                                    Locale.ROOT,
                                    "%s  %,10d files %10s  %s",
                                    known,
                                    backup.manifest().files().size(),
                                    GcCommand.size(backup.manifest().bytes()),
                                    backup.manifest().encrypted() ? "encrypted" : "plain"));
                }
            } catch (BackupProblem damaged) {
                session.terminal().note(String.valueOf(damaged.getMessage()));
            }
        }
        if (json) {
            session.terminal().print(all.toPrettyString());
        }
    }

    private static ObjectNode described(BackupRepository.Stored backup) {
        BackupManifest manifest = backup.manifest();
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.put("id", backup.id());
        node.put("created", manifest.created());
        node.put("septet", manifest.septet());
        node.put("encrypted", manifest.encrypted());
        node.put("files", manifest.files().size());
        node.put("bytes", manifest.bytes());
        node.set("parts", SpecJson.mapper().valueToTree(Restore.bytes(manifest)));
        node.set("folders", SpecJson.mapper().valueToTree(manifest.folders()));
        node.set("leftOut", SpecJson.mapper().valueToTree(manifest.leftOut()));
        return node;
    }
}
