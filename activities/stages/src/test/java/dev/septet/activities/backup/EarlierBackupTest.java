package dev.septet.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Stores;
import dev.septet.dsl.EarlierVersions;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backups that earlier versions wrote, in plain and with the operator's keys: they verify, they are restored, and this version writes
 * the next backup beside them. The version in the name of a folder wrote its backups, which never change afterwards. A release adds
 * a folder: {@code -Dgolden.update=true} writes that of the version in the root pom if it is missing. The backed up store and audit
 * log are the fixtures of the same version.
 */
class EarlierBackupTest {
    private static final Instant WRITTEN = Instant.parse("2026-11-30T12:00:00Z");
    private static final Instant NOW = Instant.parse("2027-01-01T12:00:00Z");
    private static final String PIPELINE = "support";

    /** A backup has the path of a published model. Relative to the module, it is the same for everybody who runs the tests. */
    private static final Path PUBLISHED = Path.of("target/earlier-published");

    @TempDir
    private Path temp = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"", "encrypted/"})
    void isVerifiedRestoredAndContinued(String part) throws IOException {
        write(part);
        for (Path version : EarlierVersions.all()) {
            Path own = temp.resolve(version.getFileName().toString());
            Path place = EarlierVersions.copied(version.resolve(part + "backup"), own.resolve("backup"));
            BackupRepository repository = repository(place, part);
            BackupRepository.Stored backup = repository.newest();
            assertThat(repository.ids()).as("%s", version).containsExactly(backup.id());
            assertThat(backup.manifest().septet())
                    .isEqualTo(version.getFileName().toString());
            assertThat(backup.id())
                    .as("writing the list again gives the same bytes")
                    .endsWith("-" + BackupManifest.digest(backup.manifest().text()));
            BackupRepository.Verified verified = repository.verify(backup, bytes -> {});
            assertThat(verified.damaged()).isEmpty();
            assertThat(verified.locked()).isZero();
            assertThat(verified.files()).isGreaterThan(10);

            new Disk().remove(PUBLISHED);
            Path state = own.resolve("state");
            int files = restore(repository, backup, state);
            assertThat(files).isEqualTo(backup.manifest().files().size());
            assertThat(contents(state.resolve("store"))).isEqualTo(contents(version.resolve(part + "store")));
            Path log = state.resolve("audit").resolve(PIPELINE);
            assertThat(contents(log))
                    .isEqualTo(contents(version.resolve(part.isEmpty() ? "audit" : "encrypted/audit/" + PIPELINE)));
            assertThat(state.resolve("temporal.db")).hasContent("database");
            assertThat(state.resolve("reviewed/support/rows.jsonl")).hasContent("{\"row\":1}");
            assertThat(state.resolve("host.id")).hasContent("0123456789abcdef");
            assertThat(Files.getPosixFilePermissions(state.resolve("run.key")))
                    .isEqualTo(PosixFilePermissions.fromString("r--------"));
            assertThat(PUBLISHED.resolve("current/model")).hasContent("model");
            new Disk().remove(PUBLISHED);
            if (part.isEmpty()) {
                assertThat(new AuditVerifier(log).verify().whole()).isTrue();
            }

            BackupRepository.Stored next = backUp(place, state, part, NOW, "next", List.of());
            assertThat(next.manifest().number()).isEqualTo(backup.manifest().number() + 1);
            assertThat(repository.verify(next, bytes -> {}).damaged()).isEmpty();
            assertThat(repository.read(backup.id()).manifest()).isEqualTo(backup.manifest());
        }
    }

    /** A newer version may have renamed or removed every property but the format and its own name. */
    @Test
    void aListOfANewerFormatIsRefusedByName() throws IOException {
        Path place = EarlierVersions.copied(newest("backup"), temp.resolve("backup"));
        String list = "{\"entries\":{},\"format\":2,\"septet\":\"9.1.0\"}";
        String id = "000002-20300101T000000Z-" + BackupManifest.digest(list);
        Path file = Files.writeString(place.resolve("backups/" + id + ".json"), list);
        BackupRepository repository = repository(place, "");
        assertThatThrownBy(repository::newest)
                .isInstanceOf(BackupProblem.class)
                .hasMessage(file + " has the backup format 2, and this version of Septet knows the formats up to 1."
                        + " Use Septet 9.1.0, which wrote it, or a newer version for these backups");
        assertThat(repository.read(repository.ids().get(0)).manifest().septet())
                .as("the earlier backup stays readable")
                .isEqualTo(newest("").getFileName().toString());
        Map<String, String> before = contents(place);
        assertThatThrownBy(() -> repository.prune(1, NOW)).hasMessageContaining("has the backup format 2");
        assertThat(contents(place)).as("and nothing is removed").isEqualTo(before);
    }

    @Test
    void aPlaceOfANewerFormatIsRefusedByName() throws IOException {
        Path place = EarlierVersions.copied(newest("backup"), temp.resolve("backup"));
        String id = repository(place, "").newest().id();
        Path marker = Files.writeString(place.resolve("septet-backup.json"), "{\"format\":2}");
        String refused = marker + " has the backup format 2, and this version of Septet knows the formats up to 1."
                + " Use the newer version of Septet that wrote it for these backups";
        Map<String, String> before = contents(place);
        assertThatThrownBy(() -> repository(place, "").newest()).hasMessage(refused);
        assertThatThrownBy(() -> repository(place, "").ids()).hasMessage(refused);
        assertThatThrownBy(() -> repository(place, "").read(id)).hasMessage(refused);
        assertThatThrownBy(() -> backUp(place, temp.resolve("state"), "", NOW, "next", List.of()))
                .isInstanceOf(BackupProblem.class)
                .hasMessage(refused);
        assertThat(contents(place)).isEqualTo(before);
    }

    private Path newest(String part) throws IOException {
        write("");
        List<Path> all = EarlierVersions.all();
        return all.get(all.size() - 1).resolve(part);
    }

    private void write(String part) throws IOException {
        Path version = EarlierVersions.recorded();
        Path place = version.resolve(part + "backup");
        if (!Boolean.getBoolean("golden.update") || Files.exists(place)) {
            return;
        }
        Path state = temp.resolve("written");
        EarlierVersions.copied(version.resolve(part + "store"), state.resolve("store"));
        EarlierVersions.copied(
                version.resolve(part.isEmpty() ? "audit" : "encrypted/audit/" + PIPELINE),
                state.resolve("audit").resolve(PIPELINE));
        Files.writeString(state.resolve("host.id"), "0123456789abcdef\n");
        Files.setPosixFilePermissions(
                Files.writeString(state.resolve("run.key"), "{\"key\":\"x\",\"since\":0}"),
                PosixFilePermissions.fromString("r--------"));
        Path reviewed = Files.createDirectories(state.resolve("reviewed").resolve(PIPELINE));
        Files.writeString(reviewed.resolve("rows.jsonl"), "{\"row\":1}\n");
        new Disk().remove(PUBLISHED);
        Path model = Files.createDirectories(PUBLISHED.resolve("versions/v1")).resolve("model");
        Files.writeString(model, "model");
        Files.createSymbolicLink(PUBLISHED.resolve("current"), Path.of("versions", "v1"));
        backUp(place, state, part, WRITTEN, EarlierVersions.present(), List.of(PUBLISHED));
        Files.delete(place.resolve("lock"));
        new Disk().remove(PUBLISHED);
    }

    private BackupRepository.Stored backUp(
            Path place, Path state, String part, Instant time, String version, List<Path> published)
            throws IOException {
        Path root = state.resolve("store");
        BackupSources sources = new BackupSources(
                Stores.open(root, environment(part)),
                new FolderPlace(root, new Disk()),
                false,
                state,
                file -> Files.writeString(file, "database\n"),
                published,
                new TreeMap<>(),
                List.of("the data that pipelines read"));
        return new BackupWriter(repository(place, part), sources, time, version, bytes -> {})
                .write(null)
                .backup();
    }

    private static int restore(BackupRepository repository, BackupRepository.Stored backup, Path state)
            throws IOException {
        Restore.Destination to = new Restore.Destination(
                state, state.resolve("temporal.db"), new FolderPlace(state.resolve("store"), new Disk()), false);
        return new Restore(repository, backup, to, EnumSet.allOf(Restore.Part.class), new Disk(), bytes -> {}).run();
    }

    private BackupRepository repository(Path place, String part) throws IOException {
        return new BackupRepository(new FolderPlace(place, new Disk()), AtRestEncryption.of(environment(part)));
    }

    /** The key is of these files alone. */
    private Map<String, String> environment(String part) throws IOException {
        if (part.isEmpty()) {
            return Map.of();
        }
        Path file = temp.resolve("keys.txt");
        Files.writeString(file, "one: " + "A".repeat(42) + "A=\ncurrent: one\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Map.of(Setting.STORE_KEYS.variable(), file.toString());
    }

    /** The bytes of all files, by path. */
    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(
                        folder.relativize(file).toString(),
                        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(contents).isNotEmpty();
        return contents;
    }
}
