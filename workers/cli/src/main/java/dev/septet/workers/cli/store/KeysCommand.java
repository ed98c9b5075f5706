package dev.septet.workers.cli.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.KeyProblem;
import dev.septet.activities.encryption.StoreKeyFile;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.StorageFailure;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.local.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet keys}. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show the keys of tickets, of the store and of payloads, and what still uses each of them.",
            "",
            "A key can be removed when nothing uses it. Keys for the API of `septet serve` are made with `septet key`."
        })
public final class KeysCommand implements Callable<Integer> {
    private static final String UNUSED_IN_STORE =
            "nothing in the store and no audit log of this machine uses it; audit logs of other machines and earlier backups may";

    private static final String UNUSED_IN_PAYLOADS =
            "no open run or schedule uses it. If it encrypted earlier, its line may be removed when the server has deleted"
                    + " the runs that used it: the retention after the day on which you read this line first";

    private final Session session;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    private KeysCommand(Session session) {
        this.session = session;
    }

    /** The command with its sub-commands. */
    public static CommandLine commandLine(Session session) {
        return new CommandLine(new KeysCommand(session))
                .addSubcommand(new Ticket(session))
                .addSubcommand(new Reencrypt(session));
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        RunKey ring = existing(session);
        KeyUses uses = null;
        try (Connection connection = ServerConnector.any(session)) {
            uses = KeyUses.of(connection, ring);
        } catch (CliProblem unreachable) {
            session.terminal()
                    .note("No Temporal server answers, so which runs and schedules use a key is not known. "
                            + unreachable.getMessage());
        }
        AtRestCount store = session.hasStore() ? session.store().atRest(Integer.MAX_VALUE) : null;
        AtRestCount logs = session.auditLogs().atRest(Long.MAX_VALUE);
        if (json) {
            printJson(ring, uses, store, logs);
        } else {
            printTickets(ring, uses);
            printStore(store, logs);
            printPayloads(uses);
        }
        return ExitCode.OK;
    }

    private void printTickets(RunKey ring, @Nullable KeyUses uses) {
        Terminal terminal = session.terminal();
        terminal.print("Tickets   %s".formatted(ring.file()));
        for (RunKey.Described key : ring.keys()) {
            Long retired = key.retired();
            String what = key.signs()
                    ? "signs"
                    : retired == null
                            ? "prepared: accepted, does not sign yet"
                            : "accepted; signed until "
                                    + Instant.ofEpochMilli(retired).truncatedTo(ChronoUnit.SECONDS);
            terminal.print(
                    "  %-12s %s%s".formatted(key.id(), what, used(uses == null ? null : uses.tickets(), key.id())));
        }
        if (uses != null && uses.tickets().containsKey("?")) {
            terminal.print("  unknown      refused%s".formatted(used(uses.tickets(), "?")));
        }
        if (uses != null && !uses.unread().isEmpty()) {
            terminal.print("  unknown      cannot be read%s".formatted(used(Map.of("?", uses.unread()), "?")));
        }
    }

    private void printStore(@Nullable AtRestCount store, AtRestCount logs) {
        Terminal terminal = session.terminal();
        String file = Setting.STORE_KEYS.text(session.environment());
        terminal.print("Store     %s".formatted(file.isEmpty() ? "not encrypted: SEPTET_STORE_KEYS is not set" : file));
        TreeMap<String, String> lines = new TreeMap<>();
        if (store != null) {
            store.byKey()
                    .forEach((key, number) -> lines.merge(
                            key,
                            String.format(Locale.ROOT, "%,d artifacts, checkpoints and records", number),
                            (one, more) -> one + ", " + more));
        }
        logs.byKey()
                .forEach((key, number) -> lines.merge(
                        key,
                        String.format(Locale.ROOT, "%,d lines of audit logs", number),
                        (one, more) -> one + ", " + more));
        logs.current().ifPresent(key -> lines.putIfAbsent(key, "nothing yet"));
        keyFile(Setting.STORE_KEYS)
                .ifPresent(keys -> keys.names()
                        .forEach(key -> lines.putIfAbsent(
                                key, store == null ? "not known: this machine has no store" : UNUSED_IN_STORE)));
        lines.forEach((key, what) -> terminal.print("  %-12s %s%s"
                .formatted(key, logs.current().filter(key::equals).isPresent() ? "encrypts; " : "", what)));
        if (store != null && !file.isEmpty() && store.plain() > 0) {
            terminal.print(String.format(Locale.ROOT, "  plain        %,d from before the first key", store.plain()));
        }
    }

    private void printPayloads(@Nullable KeyUses uses) {
        Terminal terminal = session.terminal();
        String file = Setting.CODEC_KEYS.text(session.environment());
        terminal.print("Payloads  %s".formatted(file.isEmpty() ? "no key file: SEPTET_CODEC_KEYS is not set" : file));
        String current = current();
        TreeSet<String> others = new TreeSet<>();
        if (current != null) {
            terminal.print(
                    "  %-12s encrypts%s".formatted(current, used(uses == null ? null : uses.payloads(), current)));
        }
        if (uses != null) {
            others.addAll(uses.payloads().keySet());
            keyFile(Setting.CODEC_KEYS).ifPresent(keys -> others.addAll(keys.names()));
        }
        others.stream()
                .filter(key -> !key.equals(current))
                .forEach(key -> terminal.print("  %-12s %s"
                        .formatted(
                                StoreKeyFile.shown(key),
                                uses != null && uses.payloads().containsKey(key)
                                        ? used(uses.payloads(), key).substring(2)
                                        : UNUSED_IN_PAYLOADS)));
    }

    private @Nullable String current() {
        return keyFile(Setting.CODEC_KEYS).map(StoreKeyFile::current).orElse(null);
    }

    /** The file that a setting names; empty without the setting. */
    private Optional<StoreKeyFile> keyFile(Setting setting) {
        String file = setting.text(session.environment());
        try {
            return file.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            StoreKeyFile.read(setting.variable(), Path.of(file).toAbsolutePath()));
        } catch (KeyProblem problem) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(problem.getMessage()));
        }
    }

    private static String used(@Nullable Map<String, List<String>> uses, String key) {
        if (uses == null) {
            return "";
        }
        List<String> ids = uses.getOrDefault(key, List.of());
        return ids.isEmpty()
                ? "; no open run uses it"
                : String.format(
                        Locale.ROOT,
                        "; used by %d: %s%s",
                        ids.size(),
                        String.join(", ", ids.subList(0, Math.min(5, ids.size()))),
                        ids.size() > 5 ? ", ..." : "");
    }

    private void printJson(RunKey ring, @Nullable KeyUses uses, @Nullable AtRestCount store, AtRestCount logs) {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.set("tickets", SpecJson.mapper().valueToTree(ring.keys()));
        node.set("uses", SpecJson.mapper().valueToTree(uses));
        ObjectNode atRest = node.putObject("store");
        atRest.set("store", SpecJson.mapper().valueToTree(store == null ? Map.of() : store.byKey()));
        atRest.set("audit", SpecJson.mapper().valueToTree(logs.byKey()));
        atRest.put("current", logs.current().orElse(null));
        node.put("payloads", current());
        session.terminal().print(node.toPrettyString());
    }

    /** The ring of this installation; a command does not create it. */
    private static RunKey existing(Session session) throws IOException {
        String named = Setting.RUN_KEY_FILE.text(session.environment());
        Path file = named.isEmpty() ? session.state().path().resolve("run.key") : Path.of(named);
        if (!Files.exists(file)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no key of tickets at %s yet; start `septet dev` first".formatted(file));
        }
        try {
            return RunKey.of(session.environment(), session.state().path(), System.currentTimeMillis());
        } catch (IOException problem) {
            throw unusable(problem);
        }
    }

    /** The ring explains its own problems; those of the file system have no message for users. */
    private static CliProblem unusable(IOException problem) {
        return new CliProblem(
                ExitCode.RUN_FAILED,
                StorageFailure.message(problem).orElseGet(() -> String.valueOf(problem.getMessage())));
    }

    /** {@code septet keys ticket}. */
    @Command(
            name = "ticket",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Change the key that signs tickets and seals, while runs are in progress.",
                "",
                "Workers read the file again when it changes. If every worker reads this file, use --rotate. If machines have"
                        + " copies, use --prepare, copy the file to all of them, use --activate, and copy it again."
            })
    static final class Ticket implements Callable<Integer> {
        private final Session session;

        @Option(names = "--rotate", description = "A new key signs from now on; the former one is accepted")
        private boolean rotate;

        @Option(names = "--prepare", description = "Add a new key that is accepted and does not sign yet")
        private boolean prepare;

        @Option(names = "--activate", description = "Let the prepared key sign; the former one is accepted")
        private boolean activate;

        @Option(
                names = "--remove-old",
                description =
                        "Remove keys that signed earlier. Refused while an open run, monitor or erasure has a ticket of"
                                + " theirs")
        private boolean remove;

        @Option(
                names = "--force",
                description = "With --remove-old: remove them although they are used, or no server answers")
        private boolean force;

        Ticket(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() throws IOException {
            session.checkSettings();
            if (List.of(rotate, prepare, activate, remove).stream()
                            .filter(each -> each)
                            .count()
                    != 1) {
                throw new CliProblem(ExitCode.USAGE, "choose one of --rotate, --prepare, --activate and --remove-old");
            }
            RunKey ring = existing(session);
            try {
                change(ring);
            } catch (IOException problem) {
                throw unusable(problem);
            }
            session.terminal()
                    .print("%s: the key %s signs; accepted: %s"
                            .formatted(
                                    ring.file(),
                                    ring.keys().get(0).id(),
                                    String.join(
                                            ", ",
                                            ring.keys().stream()
                                                    .map(RunKey.Described::id)
                                                    .toList())));
            return ExitCode.OK;
        }

        private void change(RunKey ring) throws IOException {
            if (rotate || prepare) {
                ring.prepare();
            }
            if (rotate || activate) {
                ring.activate(System.currentTimeMillis());
            }
            if (remove) {
                if (!force) {
                    refuseUsed(ring);
                }
                if (ring.removeRetired() == 0) {
                    session.terminal().note("There is no old key.");
                }
            }
        }

        private void refuseUsed(RunKey ring) throws IOException {
            try (Connection connection = ServerConnector.any(session)) {
                KeyUses uses = KeyUses.of(connection, ring);
                if (!uses.unread().isEmpty()) {
                    throw new CliProblem(
                            ExitCode.RUN_FAILED,
                            "which keys the tickets of these workflows need is not known, because their payloads cannot be read: %s; no key was removed. Add the keys of the payloads to %s"
                                    .formatted(String.join(", ", uses.unread()), Setting.CODEC_KEYS.variable()));
                }
                for (RunKey.Described key : ring.keys()) {
                    if (key.retired() != null && uses.tickets().containsKey(key.id())) {
                        throw new CliProblem(
                                ExitCode.RUN_FAILED,
                                "the key %s stays%s. Wait for the end of these runs; a monitor gets a new ticket by the next run of its pipeline"
                                        .formatted(key.id(), used(uses.tickets(), key.id())));
                    }
                }
            }
        }
    }

    /** {@code septet keys reencrypt}. */
    @Command(
            name = "reencrypt",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Encrypt with the current key of SEPTET_STORE_KEYS what earlier keys encrypted in the store.",
                "",
                "Runs and model servers may use the store. If the command is killed, run it again. What is plain stays plain;"
                        + " lines of audit logs keep their keys until their retention removes them."
            })
    static final class Reencrypt implements Callable<Integer> {
        private final Session session;

        Reencrypt(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() throws IOException {
            session.checkSettings();
            ArtifactStore store = session.existingStore();
            if (Setting.STORE_KEYS.text(session.environment()).isEmpty()) {
                throw new CliProblem(
                        ExitCode.USAGE, "SEPTET_STORE_KEYS is not set: name the file with the old key and the new one");
            }
            Fence fence = Fence.takeOver(store, "reencrypt", session.clock().millis());
            try {
                ArtifactStore.Contents.Reencrypted done = store.contents().reencrypt(fence, bytes -> {});
                session.terminal()
                        .print(String.format(
                                Locale.ROOT,
                                "Encrypted again: %,d files of %s, %,d manifests and records",
                                done.files(),
                                GcCommand.size(done.bytes()),
                                done.texts()));
                if (done.locked() > 0) {
                    session.terminal()
                            .note(String.format(
                                    Locale.ROOT,
                                    "%,d are encrypted with keys that are not in the key file; add their lines, and run the command again",
                                    done.locked()));
                    return ExitCode.RUN_FAILED;
                }
                return ExitCode.OK;
            } catch (FencedException other) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "another `septet keys reencrypt` has begun, so this one has stopped; nothing is lost");
            } finally {
                store.release(fence);
            }
        }
    }
}
