package dev.septet.workers.cli.store;

import dev.septet.activities.retention.CollectedKind;
import dev.septet.activities.retention.GarbageCollection;
import dev.septet.activities.retention.GarbageReport;
import dev.septet.activities.retention.OpenWork;
import dev.septet.activities.retention.RetentionPolicy;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.Storage;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerClock;
import dev.septet.workflows.TaskQueues;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet gc}. */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Delete from the store what no kept version, no open run and no audit needs.",
            "",
            "It keeps the newest versions of each pipeline, the versions that answer requests or would after a"
                    + " rollback, and everything that was used lately. It asks the Temporal server which runs are open. If"
                    + " the server does not answer, nothing is deleted."
        })
public final class GcCommand implements Callable<Integer> {
    /** Ages are hours at least. */
    private static final Duration TOLERATED = Duration.ofMinutes(5);

    private final Session session;

    @Option(names = "--dry-run", description = "Print what would be deleted, and delete nothing")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask")
    private boolean yes;

    @Option(
            names = "--keep",
            paramLabel = "VERSIONS",
            description = "Number of newest versions of each pipeline. Default: the first number of SEPTET_KEEP, or 5")
    private @Nullable Integer keep;

    @Option(
            names = "--older",
            paramLabel = "AGE",
            description = "Only what was not used for this time, such as 30d or 12h; at least 2h. Default: the time of"
                    + " SEPTET_KEEP, or 30d")
    private @Nullable String older;

    @Option(
            names = "--no-server",
            description = "Do not ask the server. Only when no run is open and no monitor runs, for example after the"
                    + " server was deleted for good")
    private boolean noServer;

    @Option(
            names = "--today",
            paramLabel = "DATE",
            description =
                    "Today's date in UTC, such as 2027-03-28. Required with --no-server, or when the server does not show its"
                            + " clock, if nothing in the store was used within the age: either the store is idle, or this"
                            + " machine's clock is wrong")
    private @Nullable LocalDate today;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    /** The newest use of the store was within the age by this machine's clock. */
    private boolean plausible;

    public GcCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        if (dryRun && yes) {
            throw new CliProblem(ExitCode.USAGE, "choose --dry-run or --yes");
        }
        RetentionPolicy policy = policy();
        ArtifactStore store = session.existingStore();
        requireToday();
        OpenWork open = open(store, policy);
        Instant now = session.clock().instant();
        AuditRetention audit = new AuditRetention(session);
        audit.apply(dryRun); // the setting orders it, so nobody is asked
        GarbageReport plan = new GarbageCollection(store, session.environment(), policy, open, now).plan();
        if (dryRun || plan.removedNumber() == 0 || !confirmed(plan)) {
            print(plan, false);
            return audit.exitCode();
        }
        try {
            print(
                    new GarbageCollection(
                                    store,
                                    session.environment(),
                                    policy,
                                    open(store, policy),
                                    session.clock().instant())
                            .run(),
                    true);
            return audit.exitCode();
        } catch (FencedException other) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "another `septet gc` or a `septet backup` has begun, so this one has stopped; nothing that is needed was deleted");
        }
    }

    private RetentionPolicy policy() {
        try {
            RetentionPolicy standard = RetentionPolicy.of(session.environment());
            return new RetentionPolicy(
                    keep == null ? standard.versions() : keep,
                    older == null ? standard.age() : RetentionPolicy.age(older));
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    private OpenWork open(ArtifactStore store, RetentionPolicy policy) throws IOException {
        if (noServer) {
            requirePlausibleClock(store, policy, "");
            return OpenWork.NONE;
        }
        try (Connection connection = ServerConnector.any(session)) {
            if (!requireRightClock(connection)) {
                requirePlausibleClock(store, policy, "the Temporal server does not show its clock, and ");
            }
            return new OpenWorkflows(connection).find();
        } catch (CliProblem unreachable) {
            if (unreachable.exitCode() == ExitCode.SERVER_UNREACHABLE) {
                throw new CliProblem(
                        ExitCode.SERVER_UNREACHABLE,
                        unreachable.getMessage()
                                + " Nothing was deleted, because only the server knows what open runs need. If there"
                                + " is none any more, use --no-server.");
            }
            throw unreachable;
        }
    }

    /**
     * What is old is decided by this machine's clock, so a clock that is ahead would delete what is young.
     *
     * @return false when the server's clock is not known
     */
    private boolean requireRightClock(Connection connection) {
        ServerClock.Comparison clocks = ServerClock.compare(
                connection.stubs(),
                connection.server().namespace(),
                List.of(TaskQueues.LIGHT, TaskQueues.TRAINING),
                session.clock(),
                TOLERATED);
        clocks.difference().ifPresent(difference -> {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "this machine's clock is %s that of the Temporal server, so what is old is not known; nothing was deleted. Set both clocks by NTP"
                            .formatted(difference.words()));
        });
        return clocks.known();
    }

    /** A date that a person gives must be that of this machine's clock. */
    private void requireToday() {
        LocalDate here = LocalDate.ofInstant(session.clock().instant(), ZoneOffset.UTC);
        if (today != null && Math.abs(ChronoUnit.DAYS.between(today, here)) > 1) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "this machine's clock shows %s, and --today says %s; nothing was deleted. Set the clock by NTP"
                            .formatted(here, today));
        }
    }

    /**
     * Without the server's clock, the newest use of the store or a person tells whether this machine's clock is right.
     *
     * @param why begins the message
     */
    private void requirePlausibleClock(ArtifactStore store, RetentionPolicy policy, String why) throws IOException {
        if (today != null || plausible) {
            return; // listing a store twice takes time
        }
        Instant now = session.clock().instant();
        LocalDate here = LocalDate.ofInstant(now, ZoneOffset.UTC);
        Optional<Instant> newest = Stream.of(
                        store.contents().artifacts(),
                        store.contents().checkpoints(),
                        store.contents().records())
                .flatMap(List::stream)
                .map(Storage.Used::used)
                .max(Instant::compareTo);
        if (newest.isPresent() && newest.get().isBefore(now.minus(policy.age()))) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%snothing in the store was used since %s, so everything is old by this machine's clock, which shows %s; nothing was deleted. If the clock is right, add --today %s"
                            .formatted(why, LocalDate.ofInstant(newest.get(), ZoneOffset.UTC), here, here));
        }
        plausible = true;
    }

    /** Asks at a terminal; without one, --yes is the answer. */
    private boolean confirmed(GarbageReport plan) throws IOException {
        if (yes) {
            return true;
        }
        if (!session.terminal().interactive()) {
            session.terminal().note("Nothing was deleted: there is no terminal to ask at. Delete it with --yes.");
            return false;
        }
        print(plan, false);
        session.terminal().note("Delete this? Type yes:");
        String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).equals("yes")) {
            throw new CliProblem(ExitCode.INTERRUPTED, "nothing was deleted");
        }
        return true;
    }

    private void print(GarbageReport report, boolean done) throws IOException {
        Terminal terminal = session.terminal();
        if (json) {
            var node = SpecJson.mapper().createObjectNode();
            node.put("deleted", done);
            node.set("report", SpecJson.mapper().valueToTree(report));
            terminal.print(node.toPrettyString());
            return;
        }
        terminal.print("%s  %s; kept: %s, and what they, open runs and audits need"
                .formatted(done ? "Deleted" : "Would delete", size(report.removedBytes()), report.policy()));
        for (Map.Entry<CollectedKind, GarbageReport.Count> kind :
                report.removed().entrySet()) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "  %,8d  %-34s %10s",
                    kind.getValue().number(),
                    kind.getKey().words(),
                    size(kind.getValue().bytes())));
        }
        report.versions().forEach(version -> terminal.print("  version " + version));
        if (report.busy() > 0) {
            terminal.print(String.format(Locale.ROOT, "  %,d were used meanwhile, and stay", report.busy()));
        }
        report.left().forEach(what -> terminal.print("  left: " + what));
        terminal.print("The store had %s before.".formatted(size(report.bytes())));
    }

    static String size(long bytes) {
        if (bytes >= 1_000_000_000) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
        }
        return bytes >= 1_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }
}
