package dev.septet.activities.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.StoreKeys;
import dev.septet.activities.store.Stores;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreScrubTest {
    private static final Fence FENCE = new Fence("run-1/train", 1);
    private static final String RESULT =
            "{\"runId\":\"run-1\",\"key\":{\"stage\":\"train\",\"parts\":[]},\"result\":{}}";

    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    Path temp;

    @Test
    void goesOnAfterADamagedResultOfAnEncryptedFolder() throws IOException {
        ArtifactStore store = encrypted("one");
        fill(store);
        Path record = temp.resolve("store/records/results/train/a.record");
        String text = Files.readString(record);
        Files.writeString(record, text.replaceFirst("\":\"....", "\":\"AAAA"));
        assertThatThrownBy(() -> store.record("results/train/a")).isInstanceOf(CorruptArtifactException.class);

        namesTheDamagedResult(store);
        findsNothingWithoutTheKey(encrypted("two"));
    }

    @Test
    void goesOnAfterADamagedResultOfAnEncryptedBucket() throws IOException {
        S3Address at = BUCKET.address();
        ArtifactStore store = BUCKET.store(at, temp, StoreKeys.of(temp, null, "one"));
        fill(store);
        damage(BUCKET.file(at, "records/results/train/a.record"));
        assertThatThrownBy(() -> store.record("results/train/a")).isInstanceOf(CorruptArtifactException.class);

        namesTheDamagedResult(store);
        findsNothingWithoutTheKey(BUCKET.store(at, temp, StoreKeys.of(temp, null, "two")));
    }

    @Test
    void namesAResultThatDoesNotParse() throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        fill(store);
        store.putRecord("results/train/c", "{\"runId\":\"run-1\",\"kex\":{},\"result\":{}}", FENCE);
        damage(temp.resolve("store/records/results/train/a.record"));

        assertThat(StoreScrub.of(store, bytes -> {}).findings())
                .extracting(StoreScrub.Finding::found)
                .containsExactly("results/train/a: is not a result", "results/train/c: is not a result");
    }

    /** A changed record that still parses: one hexadecimal digit, or a few letters. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aliases/bot | \"sha256\":\"LAST | of which the store knows nothing",
                "aliases/bot | \"sha256\":\"FIRST | leads from version",
                "aliases/bot | \"previous\":\"FIRST | the move before it led to",
                "routes/bot | \"pipeline\":\"bot | is of the pipeline",
                "routes/bot | artifacts/LAST | names the artifact",
                "routes/bot | \"sha256\":\"LAST | names the artifact",
                "routes/bot | \"version\":\" | calls the export",
                "variants/bot/FIRST | \"sha256\":\"FIRST | is of the export",
                "results/deploy/KEY | artifacts/LAST | names the artifact",
                "results/deploy/KEY | \"value\":\"4711 | its key does not have the digest of its name",
                "superseded/deploy/KEY/TEXT | \"runId\":\"run | its text does not have the digest of its name",
            })
    void namesARecordThatAnotherPlaceContradicts(String record, String field, String found) throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        Map<String, String> words = published(store);
        assertThat(StoreScrub.of(store, bytes -> {}).findings())
                .as("a sound store")
                .isEmpty();

        String name = with(words, record);
        String text = store.record(name).orElseThrow();
        int at = text.lastIndexOf(with(words, field)) + field.lastIndexOf('"') + 1;
        if (field.startsWith("artifacts/")) {
            at = text.lastIndexOf(with(words, field)) + "artifacts/".length();
        }
        char flipped = text.charAt(at) == 'a' ? 'b' : 'a'; // each is a digit of a digest
        Path file = temp.resolve("store/records").resolve(name + ".record");
        Files.writeString(file, text.substring(0, at) + flipped + text.substring(at + 1));

        assertThat(StoreScrub.of(store, bytes -> {}).findings())
                .as("%s", Files.readString(file))
                .anySatisfy(finding -> {
                    assertThat(finding.usedBy()).containsExactly("the record " + name);
                    assertThat(finding.found())
                            .startsWith("the record %s: ".formatted(name))
                            .contains(found);
                });
    }

    private static String with(Map<String, String> words, String text) {
        String all = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            all = all.replace(word.getKey(), word.getValue());
        }
        return all;
    }

    /** Two versions of a pipeline, as a run publishes them, with their results. */
    private Map<String, String> published(ArtifactStore store) throws IOException {
        ArtifactRef first = store.put(Map.of("file", Files.writeString(temp.resolve("file"), "first")), FENCE);
        ArtifactRef last = store.put(Map.of("file", Files.writeString(temp.resolve("file"), "last")), FENCE);
        Routes routes = new Routes(store);
        for (ArtifactRef export : List.of(first, last)) {
            Variant variant = new Variant(export.sha256().substring(0, 12), export, null, "run-1");
            assertThat(routes.publish("bot", variant, FENCE).champion()).isEqualTo(variant);
        }
        AliasHistory history = new AliasHistory(
                List.of(),
                List.of(
                        new AliasHistory.Move(first.sha256(), null, AliasHistory.Reason.PUBLISH, "run-1"),
                        new AliasHistory.Move(last.sha256(), first.sha256(), AliasHistory.Reason.PUBLISH, "run-2")),
                List.of());
        store.putRecord("aliases/bot", SpecJson.mapper().writeValueAsString(history), FENCE);
        StageKey key = StageKey.of(Stage.DEPLOY).with("model", "4711");
        String result = SpecJson.mapper()
                .writeValueAsString(Map.of("runId", "run-1", "key", key, "result", Map.of("artifact", last)));
        String text = Sha256.of(result).substring(0, 12);
        store.putRecord("results/deploy/" + key.digest(), result, FENCE);
        store.putRecord("superseded/deploy/%s/%s".formatted(key.digest(), text), result, FENCE);
        return Map.of("FIRST", first.sha256(), "LAST", last.sha256(), "KEY", key.digest(), "TEXT", text);
    }

    /** What a run removed by `septet gc` leaves is no damage. */
    @Test
    void aVersionWhoseExportHasLeftIsNoDamage() throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        Map<String, String> words = published(store);
        ArtifactRef first =
                new Routes(store).known("bot", words.getOrDefault("FIRST", "")).artifact();
        store.remove(first, FENCE);
        assertThat(StoreScrub.of(store, bytes -> {}).findings()).isEmpty();
        ArtifactRef last =
                new Routes(store).known("bot", words.getOrDefault("LAST", "")).artifact();
        store.remove(last, FENCE);
        assertThat(StoreScrub.of(store, bytes -> {}).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.found())
                        .contains("routes/bot: needs the artifact " + last.sha256(), "not in the store"));
    }

    private ArtifactStore encrypted(String key) throws IOException {
        var unused = StoreKeys.of(temp, null, key);
        String file = temp.resolve("keys-%s.txt".formatted(key)).toString();
        return Stores.open(temp.resolve("store"), Map.of(Setting.STORE_KEYS.variable(), file));
    }

    private void fill(ArtifactStore store) throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "content");
        var unused = store.put(Map.of("file", file), FENCE);
        store.open(FENCE);
        var unusedCheckpoint =
                store.checkpoints().commit(FENCE.scope(), 5, to -> Files.writeString(to.resolve("state"), "s"), FENCE);
        store.putRecord("results/train/a", RESULT, FENCE);
        store.putRecord("results/train/b", RESULT, FENCE);
    }

    private static void damage(Path record) throws IOException {
        byte[] bytes = Files.readAllBytes(record);
        bytes[0] ^= 1;
        Files.write(record, bytes);
    }

    private static void namesTheDamagedResult(ArtifactStore store) throws IOException {
        StoreScrub scrub = StoreScrub.of(store, bytes -> {});
        assertThat(scrub.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.usedBy()).containsExactly("the record results/train/a"));
        assertThat(scrub.locked()).isZero();
        assertThat(scrub.artifacts()).isEqualTo(1);
    }

    /** The artifact, the checkpoint and the other record; the damaged record may be anything. */
    private static void findsNothingWithoutTheKey(ArtifactStore store) throws IOException {
        StoreScrub scrub = StoreScrub.of(store, bytes -> {});
        assertThat(scrub.locked()).isBetween(3, 4);
        assertThat(scrub.findings())
                .extracting(StoreScrub.Finding::usedBy)
                .isSubsetOf(List.of(List.of("the record results/train/a")));
        assertThatThrownBy(() -> new GarbageCollection(
                                store, Map.of(), RetentionPolicy.of(Map.of()), OpenWork.NONE, Instant.now())
                        .plan())
                .isInstanceOfAny(MissingKeyException.class, CorruptArtifactException.class);
    }
}
