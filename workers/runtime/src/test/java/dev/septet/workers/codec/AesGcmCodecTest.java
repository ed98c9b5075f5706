package dev.septet.workers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.septet.settings.Setting;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AesGcmCodecTest {
    private static final String OLD = key(1);
    private static final String NEW = key(2);
    private static final Payload PLAIN = Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFromUtf8("\"a prompt\""))
            .build();

    @TempDir
    private Path folder;

    @Test
    void whatItEncryptsShowsOnlyTheKeysName() throws IOException {
        PayloadCodec codec = codec("current: old\nold: " + OLD);
        Payload sent = codec.encode(List.of(PLAIN)).get(0);

        assertThat(sent.getMetadataMap())
                .containsEntry("encoding", ByteString.copyFromUtf8("binary/encrypted"))
                .containsEntry("encryption-key-id", ByteString.copyFromUtf8("old"))
                .containsEntry("encryption-cipher", ByteString.copyFromUtf8("AES/GCM/NoPadding"));
        assertThat(new String(sent.toByteArray(), StandardCharsets.ISO_8859_1)).doesNotContain("prompt", "json/plain");
        assertThat(codec.encode(List.of(PLAIN)).get(0)).as("another nonce").isNotEqualTo(sent);
        assertThat(codec.decode(List.of(sent, PLAIN))).containsExactly(PLAIN, PLAIN);
    }

    /** Version 0.1.0 wrote it. Histories keep such payloads for ever, so every later version reads it. */
    @Test
    void aPayloadOfAnEarlierVersionIsDecrypted() throws IOException {
        Payload written = Payload.parseFrom(Base64.getDecoder()
                .decode("ChwKCGVuY29kaW5nEhBiaW5hcnkvZW5jcnlwdGVkCiYKEWVuY3J5cHRpb24tY2lwaGVyEhFBRVMv"
                        + "R0NNL05vUGFkZGluZwoYChFlbmNyeXB0aW9uLWtleS1pZBIDb2xkEkDjAnWiuq6PQZj8WTNZnGaj"
                        + "g5g2+sWEyTfP1WaUUcKk6fHEza3terXZWqWHHINA7UAbwD3rCNnA28Xa+a+qvJbf"));
        assertThat(codec("current: old\nold: " + OLD).decode(List.of(written))).containsExactly(PLAIN);
    }

    /** A change of the key needs no restart. */
    @Test
    void aRunningProcessReadsWhatOneWithANewerFileEncrypted() throws IOException {
        PayloadCodec running = codec("current: old\nold: " + OLD);
        PayloadCodec restarted = codec("current: new\nold: " + OLD + "\nnew: " + NEW);
        Payload after = restarted.encode(List.of(PLAIN)).get(0);

        assertThat(running.decode(List.of(after))).containsExactly(PLAIN);
        Payload still = running.encode(List.of(PLAIN)).get(0);
        assertThat(still.getMetadataOrThrow("encryption-key-id").toStringUtf8())
                .as("it encrypts with the new key from now on")
                .isEqualTo("new");
        assertThat(restarted.decode(List.of(still))).containsExactly(PLAIN);
    }

    @Test
    void aNewKeyEncryptsAndTheOldOneStillDecrypts() throws IOException {
        Payload before =
                codec("current: old\nold: " + OLD).encode(List.of(PLAIN)).get(0);
        PayloadCodec rotated = codec("current: new\nold: " + OLD + "\nnew: " + NEW);
        Payload after = rotated.encode(List.of(PLAIN)).get(0);

        assertThat(after.getMetadataOrThrow("encryption-key-id").toStringUtf8()).isEqualTo("new");
        assertThat(rotated.decode(List.of(before, after))).containsExactly(PLAIN, PLAIN);

        PayloadCodec without = codec("current: new\nnew: " + NEW);
        assertThatThrownBy(() -> without.decode(List.of(before)))
                .isInstanceOf(CodecProblem.class)
                .hasMessageContaining("encrypted with the key 'old', which is not in");
    }

    @Test
    void aChangedPayloadAndAnotherKeyOfThatNameAreRefused() throws IOException {
        PayloadCodec codec = codec("current: old\nold: " + OLD);
        Payload sent = codec.encode(List.of(PLAIN)).get(0);
        byte[] data = sent.getData().toByteArray();
        for (int at : List.of(0, 12, data.length - 1)) {
            byte[] changed = data.clone();
            changed[at] ^= 1;
            Payload bad = sent.toBuilder().setData(ByteString.copyFrom(changed)).build();
            assertThatThrownBy(() -> codec.decode(List.of(bad)))
                    .hasMessageContaining("of the key 'old' cannot be decrypted");
        }
        Payload cut = sent.toBuilder().setData(ByteString.copyFromUtf8("x")).build();
        assertThatThrownBy(() -> codec.decode(List.of(cut))).isInstanceOf(CodecProblem.class);
        PayloadCodec other = codec("current: old\nold: " + NEW);
        assertThatThrownBy(() -> other.decode(List.of(sent))).isInstanceOf(CodecProblem.class);
    }

    @Test
    void withoutKeysAnEncryptedPayloadIsTold() throws IOException {
        Payload sent = codec("current: old\nold: " + OLD).encode(List.of(PLAIN)).get(0);
        PayloadCodec none = new CodecSettings(Map.of()).codec("default");

        assertThat(none.encode(List.of(PLAIN))).containsExactly(PLAIN);
        assertThatThrownBy(() -> none.decode(List.of(sent)))
                .hasMessage("a payload is encrypted with the key 'old', but this process has no keys."
                        + " Set SEPTET_CODEC_KEYS to the file with that key, or"
                        + " SEPTET_CODEC_ENDPOINT to a codec server.");
    }

    @Test
    void aFileWithKeysThatOthersMayReadIsRefused() throws IOException {
        Path file = file(folder, "current: old\nold: " + OLD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        CodecSettings settings = new CodecSettings(Map.of(Setting.CODEC_KEYS.variable(), file.toString()));

        assertThatThrownBy(settings::keys)
                .isInstanceOf(CodecProblem.class)
                .hasMessageContainingAll("SEPTET_CODEC_KEYS: others may use the file", "chmod 600");
    }

    private PayloadCodec codec(String text) throws IOException {
        Path file = file(folder, text);
        return new CodecSettings(Map.of(Setting.CODEC_KEYS.variable(), file.toString())).codec("default");
    }

    static Path file(Path folder, String text) throws IOException {
        Path file = folder.resolve("keys.txt");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    static String key(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return Base64.getEncoder().encodeToString(key);
    }
}
