package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Stores;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import dev.septet.workers.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionChecksTest {
    private static final Fence FENCE = new Fence("run/train", 1);

    @TempDir
    private Path folder;

    @Test
    void sayWhichKeyEncryptsAndHowMuchIsPlain() throws IOException {
        assertThat(found(Map.of()))
                .containsExactly(
                        "OK SEPTET_STORE_KEYS is not set: artifacts, checkpoints and records are" + " not encrypted",
                        "OK SEPTET_STORE_KEYS is not set: lines are not encrypted");
        write(Map.of(), 1);
        assertThat(found(keys("one")))
                .containsExactly(
                        "WARN the key 'one' encrypts new files; 0 of 3 artifacts, checkpoints and"
                                + " records are encrypted; the others are plain, from before"
                                + " encryption",
                        "WARN the key 'one' encrypts new files; 0 of 1 lines are encrypted; the"
                                + " others are plain, from before encryption");
        write(keys("one"), 2);
        write(keys("one", "two"), 3);
        assertThat(found(keys("one", "two")))
                .containsExactly(
                        "WARN the key 'two' encrypts new files; 6 of 9 artifacts, checkpoints and"
                                + " records are encrypted, of these 3 by 'one'; the others are plain,"
                                + " from before encryption",
                        "WARN the key 'two' encrypts new files; 2 of 3 lines are encrypted, of"
                                + " these 1 by 'one'; the others are plain, from before encryption");
    }

    @Test
    void nameTheKeysThatAreMissing() throws IOException {
        write(keys("one"), 1);
        for (Map<String, String> environment : List.of(Map.<String, String>of(), keys("two"))) {
            assertThat(found(environment))
                    .containsExactly(
                            "FAIL artifacts, checkpoints and records are encrypted with keys that"
                                    + " are not here: one",
                            "FAIL lines are encrypted with keys that are not here: one");
            Finding artifacts = new StoreChecks(new StateFolder(folder), store(environment), true, true)
                    .look()
                    .get(0);
            assertThat(artifacts.level()).isEqualTo(Level.OK);
            assertThat(artifacts.found())
                    .isEqualTo("0 of 1 artifacts were read and verified; 1 could not be" + " read without their keys");
        }
        assertThat(found(keys("one")))
                .containsExactly(
                        "OK the key 'one' encrypts new files; 3 of 3 artifacts, checkpoints"
                                + " and records are encrypted",
                        "OK the key 'one' encrypts new files; 1 of 1 lines are encrypted");
    }

    @Test
    void nameTheKeyThatWasReplacedUnderItsName() throws IOException {
        Map<String, String> right = keys("one");
        store(right).open(FENCE);
        write(right, 1);
        Path file = folder.resolve("one.keys");
        Files.writeString(file, "current: one\none: " + "B".repeat(42) + "A=");

        Finding finding =
                new EncryptionChecks(store(right), logs(right), true).look().get(0);
        assertThat(finding.level()).isEqualTo(Level.FAIL);
        assertThat(finding.found()).isEqualTo("a key was replaced under its name");
        assertThat(finding.next())
                .startsWith(file + ": the key 'one' is not the key with which this store was written")
                .contains("Restore the old key under this name");
        assertThat(new StoreChecks(new StateFolder(folder), store(right), true, true)
                        .look()
                        .get(0)
                        .found())
                .contains("1 could not be read without their keys");
    }

    private void write(Map<String, String> environment, int number) throws IOException {
        ArtifactStore store = store(environment);
        Path content = Files.createDirectories(folder.resolve("content-" + number));
        Files.writeString(content.resolve("manifest.json"), "number " + number);
        store.put(content, FENCE);
        store.putRecord("results/" + number, "{}", FENCE);
        store.checkpoints()
                .commit(FENCE.scope(), number, into -> Files.writeString(into.resolve("state"), "state"), FENCE);
        try (AuditWriter writer = logs(environment).writer("support", AuditSettings.DEFAULT)) {
            writer.append(new AnswerEvent(
                    "a" + number,
                    Instant.now(),
                    new ServedBy("support", "support", "v1", Arm.CHAMPION),
                    AuditedQuestion.of(List.of(new AuditedTurn("user", "why?"))),
                    Reply.of("so", "stop", 1, 1, 1)));
        }
    }

    private List<String> found(Map<String, String> environment) {
        return new EncryptionChecks(store(environment), logs(environment), true)
                .look().stream()
                        .map(finding -> finding.level() + " " + finding.found())
                        .toList();
    }

    private ArtifactStore store(Map<String, String> environment) {
        return Stores.open(folder.resolve("store"), environment);
    }

    private AuditLogs logs(Map<String, String> environment) {
        return new AuditLogs(folder.resolve("audit"), AtRestEncryption.of(environment));
    }

    private Map<String, String> keys(String... names) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            String key = (name.equals("one") ? "A" : "B").repeat(42) + "A=";
            text.append(name).append(": ").append(key).append('\n');
        }
        text.append("current: ").append(names[names.length - 1]);
        Path file = folder.resolve(String.join("-", names) + ".keys");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Map.of(Setting.STORE_KEYS.variable(), file.toString());
    }
}
