package dev.septet.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.StoreKeys;
import dev.septet.activities.store.Stores;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.settings.Setting;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    private static final Instant NOW = Instant.parse("2026-03-29T00:59:59Z");
    private static final String RUN = "run-1/train";
    private static final Set<Restore.Part> ALL = EnumSet.allOf(Restore.Part.class);
    private static final String SECRET = "a row of a person";

    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    Path temp;

    /** A process that dies does nothing afterwards. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private static Disk killedAt(int last) {
        AtomicInteger action = new AtomicInteger();
        return new Disk((doing, path) -> {
            if (action.incrementAndGet() >= last) {
                throw new Killed();
            }
        });
    }

    /** An installation with a store, an audit log, and a published model. */
    private final class Installation {
        final Path state;
        final Path published;
        final Map<String, String> environment;
        final LocalStore store;
        final SortedMap<String, Path> keyFiles = new TreeMap<>();
        int number;

        Installation(String name, @Nullable AtRest atRest, Map<String, String> environment) throws IOException {
            state = Files.createDirectories(temp.resolve(name));
            published = temp.resolve(name + "-published");
            this.environment = environment;
            store = (LocalStore) Stores.open(state.resolve("store"), environment);
            assertThat(atRest == null || store.root().endsWith("store")).isTrue();
        }

        void lives() throws IOException {
            checkpoint(1);
            result();
            Files.writeString(state.resolve("run.key"), "{\"key\":\"x\",\"since\":0}");
            Files.writeString(state.resolve("host.id"), "0123456789abcdef\n");
            Path log = Files.createDirectories(state.resolve("audit/bot"));
            Files.writeString(
                    log.resolve("audit-000000000000000.jsonl"), "{\"prompt\":\"%s\"}\n{\"inc".formatted(SECRET));
            Files.writeString(log.resolve("head.json"), "{\"sequence\":1}");
            Files.writeString(
                    Files.createDirectories(state.resolve("reviewed/bot")).resolve("rows.jsonl"), "{\"row\":1}\n");
            Files.createDirectories(published.resolve("versions/v1"));
            Files.writeString(published.resolve("versions/v1/model"), SECRET);
            Files.createSymbolicLink(published.resolve("current"), Path.of("versions", "v1"));
        }

        /** An artifact, then the record that names it. */
        ArtifactRef result() throws IOException {
            number++;
            Fence fence = new Fence("run-" + number + "/prepare", 1);
            Path folder = store.scratch(fence);
            Files.writeString(folder.resolve("rows"), SECRET + number);
            ArtifactRef ref = store.put(folder, fence);
            store.putRecord("results/" + number, ref.sha256(), fence);
            return ref;
        }

        void checkpoint(int step) throws IOException {
            Fence fence = new Fence(RUN, 1);
            store.checkpoints()
                    .commit(RUN, step, folder -> Files.writeString(folder.resolve("state"), "step " + step), fence);
            store.checkpoints().prune(RUN, 1, Set.of(), fence);
        }

        BackupSources sources(@Nullable FilePlace files) {
            return new BackupSources(
                    store,
                    files == null ? new FolderPlace(store.root(), new Disk()) : files,
                    false,
                    state,
                    file -> Files.writeString(file, "the database " + SECRET),
                    List.of(published),
                    keyFiles,
                    List.of());
        }

        BackupRepository repository(Path backups, Disk disk) {
            return new BackupRepository(new FolderPlace(backups, disk), AtRestEncryption.of(environment));
        }

        BackupRepository.Stored backUp(Path backups, Disk disk, @Nullable FilePlace files) throws IOException {
            return new BackupWriter(repository(backups, disk), sources(files), NOW, "test", bytes -> {})
                    .write(null)
                    .backup();
        }

        int restore(Path backups, Path to, Disk disk, Set<Restore.Part> parts) throws IOException {
            BackupRepository repository = repository(backups, new Disk());
            return new Restore(
                            repository,
                            repository.newest(),
                            new Restore.Destination(
                                    to, to.resolve("temporal.db"), new FolderPlace(to.resolve("store"), disk), false),
                            parts,
                            disk,
                            bytes -> {})
                    .run();
        }
    }

    private Installation plain() throws IOException {
        Installation installation = new Installation("state", null, Map.of());
        installation.lives();
        return installation;
    }

    @Test
    void restoresEverythingOnAnotherMachine() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        own.backUp(backups, new Disk(), null);
        new Disk().remove(own.published);

        Path other = temp.resolve("other");
        own.restore(backups, other, new Disk(), ALL);

        LocalStore store = new LocalStore(other.resolve("store"));
        String digest = store.record("results/1").orElseThrow();
        assertThat(store.fetch(new ArtifactRef("store:artifacts/" + digest, digest, 0))
                        .resolve("rows"))
                .hasContent(SECRET + 1);
        assertThat(store.checkpoints()
                        .newestValid(RUN)
                        .checkpoint()
                        .orElseThrow()
                        .step())
                .isEqualTo(1);
        assertThat(other.resolve("temporal.db")).hasContent("the database " + SECRET);
        assertThat(other.resolve("run.key")).exists();
        assertThat(other.resolve("audit/bot/audit-000000000000000.jsonl"))
                .as("complete lines only")
                .hasContent("{\"prompt\":\"%s\"}\n".formatted(SECRET));
        assertThat(own.published.resolve("current/model")).hasContent(SECRET);
        assertThat(Files.getPosixFilePermissions(store.root().resolve("artifacts/" + digest + "/files/rows")))
                .isEqualTo(
                        Files.getPosixFilePermissions(own.store.root().resolve("artifacts/" + digest + "/files/rows")));
        try (Stream<Path> all = Files.walk(other)) {
            assertThat(all).noneMatch(path -> path.endsWith("temporary") || path.endsWith(Restore.MARKER));
        }
        assertThatThrownBy(() -> own.restore(backups, other, new Disk(), ALL))
                .isInstanceOf(BackupProblem.class)
                .hasMessageContaining("not empty: " + other.resolve("audit"))
                .hasMessageContaining("Nothing was restored");
    }

    @Test
    void copiesOnlyWhatIsNew() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        own.backUp(backups, new Disk(), null);
        long before = files(backups.resolve("objects"));

        BackupRepository.Stored same = own.backUp(backups, new Disk(), null);
        assertThat(files(backups.resolve("objects")))
                .as("only the record of the last backup")
                .isEqualTo(before + 1);
        assertThat(same.manifest().number()).isEqualTo(2);

        own.result();
        BackupWriter.Written third = new BackupWriter(
                        own.repository(backups, new Disk()), own.sources(null), NOW, "test", bytes -> {})
                .write(1);
        assertThat(third.removed()).isEqualTo(2);
        BackupRepository repository = own.repository(backups, new Disk());
        assertThat(repository.ids()).containsExactly(third.backup().id());
        assertThat(repository.verify(repository.newest(), bytes -> {}).damaged())
                .isEmpty();
    }

    /** Between any two reads of the backup, a run finishes a stage; at every seventh, a training replaces a checkpoint. */
    @Test
    void everyRecordsFilesAreInABackupOfABusyStore() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        FilePlace files = new FolderPlace(own.store.root(), new Disk());
        AtomicInteger step = new AtomicInteger(1);
        FilePlace busy = new Watched(files, () -> {
            if (step.incrementAndGet() < 60) {
                own.result();
                if (step.get() % 7 == 0) {
                    own.checkpoint(step.get());
                }
            }
        });
        own.backUp(backups, new Disk(), busy);

        Path other = temp.resolve("other");
        own.restore(backups, other, new Disk(), EnumSet.of(Restore.Part.STORE));
        LocalStore store = new LocalStore(other.resolve("store"));
        assertThat(store.records("results/")).hasSizeGreaterThan(1);
        for (String name : store.records("results/")) {
            String digest = store.record(name).orElseThrow();
            assertThat(store.contents().verify(digest)).as(name).isPositive();
        }
        assertThat(store.contents().verifyCheckpoints(RUN).damaged()).isEmpty();
        assertThat(store.checkpoints().newestValid(RUN).checkpoint()).isPresent();
    }

    @Test
    void aKillAnywhereLeavesTheEarlierBackup() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        String first = own.backUp(backups, new Disk(), null).id();
        own.result();
        own.checkpoint(2);
        for (int action = 1; ; action++) {
            BackupRepository reader = own.repository(backups, new Disk());
            try {
                own.backUp(backups, killedAt(action), null);
                break;
            } catch (Killed dead) {
                BackupRepository.Stored newest = reader.newest();
                assertThat(reader.verify(newest, bytes -> {}).damaged())
                        .as("killed at %d", action)
                        .isEmpty();
                assertThat(reader.read(first).id()).isEqualTo(first);
            }
            assertThat(action).as("the backup ends at last").isLessThan(200);
        }
        own.restore(backups, temp.resolve("other"), new Disk(), EnumSet.of(Restore.Part.STORE));
        LocalStore store = new LocalStore(temp.resolve("other/store"));
        assertThat(store.checkpoints()
                        .newestValid(RUN)
                        .checkpoint()
                        .orElseThrow()
                        .step())
                .isEqualTo(2);
    }

    /** A disk without space for a file's bytes, after a number of files. */
    private static Disk fullAfter(int files) {
        AtomicInteger written = new AtomicInteger();
        return new Disk((doing, path) -> {
            if (doing.equals("copy") && written.incrementAndGet() > files) {
                throw new IOException("No space left on device");
            }
        });
    }

    @Test
    void aFullDiskIsNamedAndLeavesTheEarlierBackup() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        String first = own.backUp(backups, new Disk(), null).id();
        own.result();
        own.checkpoint(2);
        BackupRepository reader = own.repository(backups, new Disk());
        for (int files = 0; files < 4; files++) {
            Disk full = fullAfter(files);
            assertThatThrownBy(() -> own.backUp(backups, full, null))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("cannot write " + backups.resolve("temporary"));
            assertThat(reader.ids()).containsExactly(first);
            assertThat(reader.verify(reader.newest(), bytes -> {}).damaged()).isEmpty();
            assertThat(backups.resolve("temporary")).isEmptyDirectory();
        }
        own.backUp(backups, new Disk(), null);
        assertThat(reader.ids()).hasSize(2);
        assertThat(reader.verify(reader.newest(), bytes -> {}).damaged()).isEmpty();
    }

    @Test
    void aRestoreToAFullDiskIsCompletedByTheNextOne() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        own.backUp(backups, new Disk(), null);
        Path other = temp.resolve("other");
        Set<Restore.Part> parts = EnumSet.complementOf(EnumSet.of(Restore.Part.FOLDERS));
        for (int files = 0; files < 5; files++) {
            Disk full = fullAfter(files);
            assertThatThrownBy(() -> own.restore(backups, other, full, parts))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("cannot write " + other);
            assertThat(other.resolve(Restore.MARKER)).exists();
        }
        own.restore(backups, other, new Disk(), parts);
        LocalStore store = new LocalStore(other.resolve("store"));
        assertThat(store.contents().verify(store.record("results/1").orElseThrow()))
                .isPositive();
        assertThat(other.resolve(Restore.MARKER)).doesNotExist();
    }

    @Test
    void aKilledRestoreIsCompletedByTheNextOne() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        own.backUp(backups, new Disk(), null);
        Path other = temp.resolve("other");
        Set<Restore.Part> parts = EnumSet.complementOf(EnumSet.of(Restore.Part.FOLDERS));
        int killed = 0;
        for (int action = 1; ; action += 3) {
            try {
                own.restore(backups, other, killedAt(action), parts);
                break;
            } catch (Killed dead) {
                killed++;
                boolean complete =
                        Files.exists(other.resolve("temporal.db")) && !Files.exists(other.resolve(Restore.MARKER));
                assertThat(complete).as("killed at %d", action).isFalse();
            }
            assertThat(action).as("the restore ends at last").isLessThan(300);
        }
        assertThat(killed).isGreaterThan(5);
        LocalStore store = new LocalStore(other.resolve("store"));
        assertThat(store.contents().verify(store.record("results/1").orElseThrow()))
                .isPositive();
        assertThat(other.resolve(Restore.MARKER)).doesNotExist();
    }

    @Test
    void namesFlippedBitsAndRefusesToRestoreThem() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        BackupRepository.Stored backup = own.backUp(backups, new Disk(), null);
        BackupManifest.Entry entry = backup.manifest().files().stream()
                .filter(each -> each.path().endsWith("/files/rows"))
                .findFirst()
                .orElseThrow();
        Files.writeString(backups.resolve(entry.object()), SECRET + 2);

        BackupRepository repository = own.repository(backups, new Disk());
        assertThat(repository.verify(backup, bytes -> {}).damaged())
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.object())
                            .isEqualTo(backups.resolve(entry.object()).toString());
                    assertThat(damage.path()).isEqualTo(entry.path());
                });
        assertThatThrownBy(() -> own.restore(backups, temp.resolve("other"), new Disk(), ALL))
                .isInstanceOf(BackupProblem.class);
        assertThatThrownBy(
                        () -> own.restore(backups, temp.resolve("third"), new Disk(), EnumSet.of(Restore.Part.STORE)))
                .isInstanceOf(BackupProblem.class)
                .hasMessageContaining(entry.path())
                .hasMessageContaining("septet backup --verify");

        Path list = backups.resolve("backups/" + backup.id() + ".json");
        Files.writeString(list, Files.readString(list).replace("rows.jsonl", "rows.jsonX"));
        assertThatThrownBy(repository::newest)
                .isInstanceOf(BackupProblem.class)
                .hasMessageContaining("changed; its name does not match its digest");
    }

    @Test
    void refusesEntriesThatLeaveTheirFolder() throws Exception {
        Installation own = plain();
        Path backups = temp.resolve("backups");
        String digest = Sha256.of("evil");
        for (BackupManifest.Entry evil : List.of(
                new BackupManifest.Entry("state/../../evil", digest, 4, "", false, null, null),
                new BackupManifest.Entry("store/x", "../../../etc/passwd", 4, "", false, null, null),
                BackupManifest.Entry.link("folder/0/current", "/etc"),
                BackupManifest.Entry.link("folder/0/current", "versions/../../x"))) {
            BackupRepository repository = own.repository(backups, new Disk());
            repository.open().close();
            repository.add(
                    "x",
                    "",
                    false,
                    false,
                    () -> new java.io.ByteArrayInputStream("evil".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            int number = repository.ids().size() + 1;
            BackupManifest manifest = new BackupManifest(
                    1,
                    number,
                    "",
                    "",
                    false,
                    false,
                    List.of(evil),
                    List.of(temp.resolve("p").toString()),
                    List.of());
            String text = manifest.text();
            Files.createDirectories(backups.resolve("backups"));
            Files.writeString(
                    backups.resolve("backups/00000%s-20260329T005959Z-%s.json"
                            .formatted(Integer.toString(number), BackupManifest.digest(text))),
                    text);
            assertThatThrownBy(() -> own.restore(backups, temp.resolve("other"), new Disk(), ALL))
                    .isInstanceOf(BackupProblem.class)
                    .hasMessageContaining("no backup of Septet has");
        }
        assertThat(temp.resolve("other")).doesNotExist();
        assertThatThrownBy(() -> own.backUp(own.published, new Disk(), null))
                .isInstanceOf(BackupProblem.class)
                .hasMessageContaining("has other files");
    }

    @Test
    void encryptsWhereTheStoreIsEncrypted() throws Exception {
        AtRest keys = StoreKeys.of(temp, null, "one");
        Map<String, String> environment = Map.of(
                Setting.STORE_KEYS.variable(), temp.resolve("keys-one.txt").toString());
        Installation own = new Installation("state", keys, environment);
        own.lives();
        Path backups = temp.resolve("backups");
        own.backUp(backups, new Disk(), null);
        BackupRepository.Stored again = own.backUp(backups, new Disk(), null);
        assertThat(own.repository(backups, new Disk())
                        .verify(again, bytes -> {})
                        .damaged())
                .isEmpty();
        try (Stream<Path> all = Files.walk(backups)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(SECRET)
                        .doesNotContain("0123456789abcdef\n");
            }
        }
        own.restore(backups, temp.resolve("other"), new Disk(), EnumSet.complementOf(EnumSet.of(Restore.Part.FOLDERS)));
        assertThat(temp.resolve("other/temporal.db")).hasContent("the database " + SECRET);

        Installation withoutKeys = new Installation("nobody", null, Map.of());
        assertThatThrownBy(() -> withoutKeys.repository(backups, new Disk()).newest())
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContaining("'one'");

        own.keyFiles.put(Setting.STORE_KEYS.variable(), temp.resolve("keys-one.txt"));
        own.backUp(backups, new Disk(), null);
        Path copy;
        try (Stream<Path> stored = Files.list(backups.resolve("keys"))) {
            copy = stored.findFirst().orElseThrow();
        }
        assertThat(copy.getFileName().toString()).startsWith(Setting.STORE_KEYS.variable() + "-");
        assertThatThrownBy(() -> withoutKeys.repository(backups, new Disk()).newest())
                .isInstanceOf(BackupProblem.class)
                .hasMessageContaining("copy the lines of " + copy + " to one file")
                .hasMessageContaining("set " + Setting.STORE_KEYS.variable());
        Path moved = Files.copy(copy, temp.resolve("moved.keys"));
        Files.setPosixFilePermissions(moved, PosixFilePermissions.fromString("rw-------"));
        Map<String, String> found = Map.of(Setting.STORE_KEYS.variable(), moved.toString());
        Installation withKeys = new Installation("somebody", null, found);
        assertThat(withKeys.repository(backups, new Disk()).newest().manifest().files())
                .as("without the keys themselves, which are not sealed")
                .isNotEmpty()
                .noneMatch(entry -> entry.path().startsWith("keys/"));
        Files.writeString(temp.resolve("keys-one.txt"), "\n# another text\n", StandardOpenOption.APPEND);
        own.backUp(backups, new Disk(), null);
        assertThat(backups.resolve("keys").toFile().list())
                .as("older backups keep their keys")
                .hasSize(2);
    }

    @Test
    void aStoreInABucketIsBackedUpToABucket() throws Exception {
        Map<String, String> environment = new HashMap<>(BUCKET.gateway().environment());
        String at = BUCKET.address().toString();
        environment.put(Setting.STORE.variable(), at);
        var store = Stores.open(temp.resolve("state/store"), environment);
        Fence fence = new Fence("run-1/prepare", 1);
        store.open(fence);
        Path folder = store.scratch(fence);
        Files.writeString(folder.resolve("rows"), SECRET);
        ArtifactRef ref = store.put(folder, fence);
        store.putRecord("results/1", ref.sha256(), fence);
        store.checkpoints().commit(RUN, 3, files -> Files.writeString(files.resolve("state"), "step 3"), fence);

        String backups = BUCKET.address().toString();
        BackupRepository repository =
                new BackupRepository(BucketPlace.of(backups, environment, temp.resolve("t")), AtRestEncryption.none());
        Files.createDirectories(temp.resolve("state"));
        BackupSources sources = new BackupSources(
                store,
                BucketPlace.of(at, environment, temp.resolve("t")),
                true,
                temp.resolve("state"),
                null,
                List.of(),
                new TreeMap<>(),
                List.of());
        new BackupWriter(repository, sources, NOW, "test", bytes -> {}).write(null);
        BackupWriter.Written second =
                new BackupWriter(repository, sources, NOW.plusSeconds(60), "test", bytes -> {}).write(1);
        assertThat(repository.verify(second.backup(), bytes -> {}).damaged()).isEmpty();

        String restored = BUCKET.address().toString();
        new Restore(
                        repository,
                        repository.newest(),
                        new Restore.Destination(
                                temp.resolve("other"),
                                temp.resolve("other/temporal.db"),
                                BucketPlace.of(restored, environment, temp.resolve("t")),
                                true),
                        EnumSet.of(Restore.Part.STORE),
                        new Disk(),
                        bytes -> {})
                .run();
        environment.put(Setting.STORE.variable(), restored);
        var there = Stores.open(temp.resolve("other/store"), environment);
        assertThat(there.record("results/1")).contains(ref.sha256());
        assertThat(there.contents().verify(ref.sha256())).isPositive();
        assertThat(there.checkpoints()
                        .newestValid(RUN)
                        .checkpoint()
                        .orElseThrow()
                        .step())
                .isEqualTo(3);
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private interface Meanwhile {
        void happens() throws IOException;
    }

    /** Files of a store in which something happens between any two reads. */
    private record Watched(FilePlace files, Meanwhile meanwhile) implements FilePlace {
        @Override
        public String at(String name) {
            return files.at(name);
        }

        @Override
        public List<Found> list(String prefix) throws IOException {
            meanwhile.happens();
            List<Found> found = files.list(prefix);
            meanwhile.happens();
            return found;
        }

        @Override
        public InputStream open(String name) throws IOException {
            meanwhile.happens();
            return files.open(name);
        }

        @Override
        public Path temporary(Disk.Content content) throws IOException {
            return files.temporary(content);
        }

        @Override
        public void put(String name, Path temporary, String sha256) throws IOException {
            files.put(name, temporary, sha256);
        }

        @Override
        public void delete(String name) throws IOException {
            files.delete(name);
        }

        @Override
        public Closeable lock() throws IOException {
            return files.lock();
        }
    }
}
