package dev.septet.activities.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.Events;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.Stores;
import dev.septet.dsl.EarlierVersions;
import dev.septet.settings.Setting;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What earlier versions encrypted with the operator's key is decrypted: a store and an audit log. The version in the name of a
 * folder wrote its files, which never change afterwards. A release adds a folder: {@code -Dgolden.update=true} writes that of
 * the version in the root pom if it is missing.
 */
class EarlierCiphertextTest {
    private static final Fence FENCE = new Fence("run-1/train", new FencingToken(1_700_000_000_000L, 1));
    private static final String DIGEST = "c0e16a5f2bef8d3b7b976af7e6c31b8dd36c71e8fe79310c40807842f43b704b";
    private static final ArtifactRef REF = new ArtifactRef(ArtifactStore.SCHEME + DIGEST, DIGEST, 6);
    private static final String PIPELINE = "support";

    @TempDir
    private Path temp = Path.of("");

    @Test
    void storesAreDecrypted() throws IOException {
        write();
        for (Path version : EarlierVersions.all()) {
            ArtifactStore store = store(EarlierVersions.copied(
                    version.resolve("encrypted/store"), temp.resolve("store-" + version.getFileName())));
            Path folder = store.fetch(REF);
            assertThat(folder.resolve("one.txt")).hasContent("one");
            assertThat(folder.resolve("deep folder/two.txt")).hasContent("two");
            assertThat(store.record("latest/support")).contains("{\"n\":1}");
            var newest = store.checkpoints().newestValid(FENCE.scope());
            assertThat(newest.damaged()).isEmpty();
            assertThat(newest.checkpoint())
                    .hasValueSatisfying(
                            found -> assertThat(found.folder().resolve("state")).hasContent("state of step 1"));
        }
    }

    @Test
    void auditLogsAreDecryptedAndProved() throws IOException {
        write();
        for (Path version : EarlierVersions.all()) {
            AuditLogs logs = logs(EarlierVersions.copied(
                    version.resolve("encrypted/audit"), temp.resolve("audit-" + version.getFileName())));
            assertThat(logs.verifier(logs.folder(PIPELINE)).verify().whole()).isTrue();
            assertThat(logs.reader(PIPELINE).read(0, 10).records())
                    .extracting(record -> record.event())
                    .containsExactly(Events.answer(1), Events.answer(2));
        }
    }

    private void write() throws IOException {
        Path folder = EarlierVersions.recorded().resolve("encrypted");
        if (!Boolean.getBoolean("golden.update") || Files.exists(folder)) {
            return;
        }
        ArtifactStore store = store(folder.resolve("store"));
        store.open(FENCE);
        Path content = temp.resolve("content");
        Files.createDirectories(content.resolve("deep folder"));
        Files.writeString(content.resolve("one.txt"), "one");
        Files.writeString(content.resolve("deep folder/two.txt"), "two");
        assertThat(store.put(content, FENCE)).isEqualTo(REF);
        store.putRecord("latest/support", "{\"n\":1}", FENCE);
        store.checkpoints()
                .commit(FENCE.scope(), 1, into -> Files.writeString(into.resolve("state"), "state of step 1"), FENCE);
        store.release(FENCE);
        try (AuditWriter writer = logs(folder.resolve("audit")).writer(PIPELINE, AuditSettings.DEFAULT)) {
            writer.append(Events.answer(1));
            writer.append(Events.answer(2));
        }
    }

    private ArtifactStore store(Path root) throws IOException {
        return Stores.open(root, keys());
    }

    private AuditLogs logs(Path root) throws IOException {
        return new AuditLogs(root, AtRestEncryption.of(keys()));
    }

    /** The key is of these files alone. */
    private Map<String, String> keys() throws IOException {
        Path file = Files.writeString(temp.resolve("keys.txt"), "one: " + "A".repeat(42) + "A=\ncurrent: one\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Map.of(Setting.STORE_KEYS.variable(), file.toString());
    }
}
