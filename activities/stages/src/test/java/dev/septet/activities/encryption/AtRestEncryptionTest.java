package dev.septet.activities.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.settings.Setting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtRestEncryptionTest {
    private static final int SEGMENT = Segments.PLAIN_BYTES;
    private static final int SECRET = SEGMENT + Segments.TAG_BYTES;
    private static final String OTHER = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 7})
    void filesOfEveryLengthComeBack(int length) throws IOException {
        AtRestEncryption encryption = one();
        byte[] plain = bytes(length);
        byte[] secret = encrypted(encryption, plain, "file a");

        assertThat(secret).hasSize((int) AtRestEncryption.encryptedBytes(length));
        assertThat(decrypted(encryption, secret, "file a")).isEqualTo(plain);
        assertThat(AtRestEncryption.keyOfFile(new ByteArrayInputStream(secret))).hasValue("one");
        assertThat(encrypted(encryption, plain, "file a")).as("another salt").isNotEqualTo(secret);
        assertThat(new String(secret, StandardCharsets.ISO_8859_1)).doesNotContain("canary");
    }

    @Test
    void plainFilesAndTextsAreGivenAsTheyAre() throws IOException {
        for (int length : new int[] {0, 1, CiphertextHeader.BYTES, SEGMENT}) {
            byte[] plain = bytes(length);
            assertThat(decrypted(one(), plain, "file a")).isEqualTo(plain);
            assertThat(decrypted(AtRestEncryption.none(), plain, "file a")).isEqualTo(plain);
        }
        assertThat(one().decrypted("{\"files\":[]}", "x", "p")).isEqualTo("{\"files\":[]}");
        assertThat(AtRestEncryption.none().encrypted("text", "p")).isEqualTo("text");
    }

    /** Every place of a file: header, first, middle and last segment, tags. */
    @Test
    void aFlippedBitIsFoundWhereverItIs() throws IOException {
        AtRestEncryption encryption = one();
        byte[] secret = encrypted(encryption, bytes(2 * SEGMENT + 5), "file a");
        for (int at = 9 + "one".length(); at < secret.length; at += at < 200 ? 1 : 4099) {
            byte[] changed = secret.clone();
            changed[at] ^= 4;
            assertDamaged(encryption, changed, "file a");
        }
        byte[] last = secret.clone();
        last[last.length - 1] ^= 1;
        assertDamaged(encryption, last, "file a");
    }

    @Test
    void aFileThatWasCutIsFound() throws IOException {
        AtRestEncryption encryption = one();
        byte[] secret = encrypted(encryption, bytes(3 * SEGMENT), "file a");
        for (int length : new int[] {
            CiphertextHeader.BYTES,
            CiphertextHeader.BYTES + 1,
            CiphertextHeader.BYTES + SECRET - 1,
            CiphertextHeader.BYTES + SECRET,
            CiphertextHeader.BYTES + 2 * SECRET,
            secret.length - 1
        }) {
            assertDamaged(encryption, Arrays.copyOf(secret, length), "file a");
        }
        assertDamaged(encryption, Arrays.copyOf(secret, secret.length + 1), "file a");
        assertDamaged(encryption, Arrays.copyOf(secret, secret.length + SECRET), "file a");
    }

    @Test
    void segmentsThatWereExchangedOrRepeatedAreFound() throws IOException {
        AtRestEncryption encryption = one();
        byte[] secret = encrypted(encryption, bytes(3 * SEGMENT), "file a");
        byte[] exchanged = secret.clone();
        System.arraycopy(secret, CiphertextHeader.BYTES, exchanged, CiphertextHeader.BYTES + SECRET, SECRET);
        System.arraycopy(secret, CiphertextHeader.BYTES + SECRET, exchanged, CiphertextHeader.BYTES, SECRET);
        assertDamaged(encryption, exchanged, "file a");
        byte[] repeated = Arrays.copyOf(secret, secret.length + SECRET);
        System.arraycopy(
                secret, CiphertextHeader.BYTES + SECRET, repeated, CiphertextHeader.BYTES + 2 * SECRET, 2 * SECRET);
        assertDamaged(encryption, repeated, "file a");
        byte[] another = encrypted(encryption, bytes(3 * SEGMENT), "file a");
        System.arraycopy(another, CiphertextHeader.BYTES, exchanged, CiphertextHeader.BYTES, SECRET);
        assertDamaged(encryption, exchanged, "file a");
    }

    @Test
    void nothingDecryptsInAnotherPlace() throws IOException {
        AtRestEncryption encryption = one();
        assertDamaged(encryption, encrypted(encryption, bytes(9), "file a"), "file b");
        String text = encryption.encrypted("secret", "record a");
        assertThat(encryption.decrypted(text, "x", "record a")).isEqualTo("secret");
        assertThatThrownBy(() -> encryption.decrypted(text, "x", "record b"))
                .isInstanceOf(DamagedCiphertextException.class);
    }

    @Test
    void textsHideWhatTheySayAndShowTheirKey() throws IOException {
        AtRestEncryption encryption = one();
        for (String text : new String[] {"", "canary", "ä€😀".repeat(50_000)}) {
            String stored = encryption.encrypted(text, "record a");
            assertThat(stored).doesNotContain("canary").endsWith(",\"key\":\"one\"}");
            assertThat(encryption.decrypted(stored, "x", "record a")).isEqualTo(text);
            assertThat(AtRestEncryption.keyOfText(stored)).hasValue("one");
        }
        String stored = encryption.encrypted("canary", "record a");
        String changed = stored.replaceFirst("\":\"....", "\":\"AAAA");
        assertThatThrownBy(() -> encryption.decrypted(changed, "the record a", "record a"))
                .isInstanceOf(DamagedCiphertextException.class)
                .hasMessageContainingAll("the record a: changed", "the key 'one'");
    }

    @Test
    void aNewKeyEncryptsAndTheOldOneStillDecrypts() throws IOException {
        byte[] file = encrypted(one(), bytes(9), "file a");
        String text = one().encrypted("secret", "record a");
        AtRestEncryption rotated = keys("current: two\none: " + StoreKeyFileTest.ONE + "\ntwo: " + OTHER + "\n");

        assertThat(decrypted(rotated, file, "file a")).isEqualTo(bytes(9));
        assertThat(rotated.decrypted(text, "x", "record a")).isEqualTo("secret");
        assertThat(rotated.encrypted("secret", "record a")).contains("\"key\":\"two\"");
        assertThat(rotated.currentKey()).hasValue("two");
    }

    @Test
    void aMissingKeyIsNamedAndAWrongOneIsDamage() throws IOException {
        byte[] file = encrypted(one(), bytes(9), "file a");
        String text = one().encrypted("secret", "record a");
        AtRestEncryption without = keys("current: two\ntwo: " + OTHER + "\n");

        assertThatThrownBy(() -> decrypted(without, file, "file a"))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContainingAll(
                        "/some/file: is encrypted with the key 'one', which is not in ",
                        "keys.txt. Add that key's line again.");
        assertThatThrownBy(() -> without.decrypted(text, "x", "record a")).isInstanceOf(MissingKeyException.class);
        assertThatThrownBy(() -> decrypted(AtRestEncryption.none(), file, "file a"))
                .isInstanceOf(MissingKeyException.class)
                .hasMessage("/some/file: is encrypted with the key 'one', but this process has no keys."
                        + " Set SEPTET_STORE_KEYS to the file with that key.");
        assertDamaged(keys("current: one\none: " + OTHER + "\n"), file, "file a");
    }

    @Test
    void theFileWithKeysIsHeldToTheRulesOfAllSuchFiles() throws IOException {
        Path file = StoreKeyFileTest.file(folder, "current: one\none: " + OTHER, "rw-r--r--");
        assertThatThrownBy(() -> AtRestEncryption.of(Map.of(Setting.STORE_KEYS.variable(), file.toString())))
                .isInstanceOf(KeyProblem.class)
                .hasMessageContainingAll("SEPTET_STORE_KEYS: others may use the file", "chmod 600");
    }

    /** Test case 1 of RFC 5869; the first 32 bytes are one block. */
    @Test
    void derivesKeysAsTheRfcDoes() {
        HexFormat hex = HexFormat.of();
        SecretKey key = Hkdf.key(
                hex.parseHex("0b".repeat(22)),
                hex.parseHex("000102030405060708090a0b0c"),
                hex.parseHex("f0f1f2f3f4"),
                hex.parseHex("f5f6f7f8f9"));
        assertThat(hex.formatHex(key.getEncoded()))
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    private void assertDamaged(AtRestEncryption encryption, byte[] secret, String place) {
        assertThatThrownBy(() -> decrypted(encryption, secret, place))
                .isInstanceOf(DamagedCiphertextException.class)
                .hasMessageContaining("/some/file: changed; the key 'one' does not decrypt it");
    }

    @Test
    void aRunningProcessEncryptsWithTheNewKeyAndReadsBoth() throws IOException {
        AtRestEncryption running = one();
        String before = running.encrypted("text", "p");
        AtRestEncryption another = keys("current: two\none: " + StoreKeyFileTest.ONE + "\ntwo: " + OTHER + "\n");

        assertThat(running.decrypted(another.encrypted("text", "p"), "x", "p")).isEqualTo("text");
        running.refresh();
        assertThat(running.currentKey()).hasValue("two");
        assertThat(running.encrypted("text", "p")).contains("\"key\":\"two\"");
        assertThat(decrypted(another, encrypted(running, bytes(9), "file a"), "file a"))
                .isEqualTo(bytes(9));
        assertThat(running.decrypted(before, "x", "p")).isEqualTo("text");
    }

    @Test
    void aRunningProcessKeepsItsKeysWhileTheFileIsNotValid() throws IOException {
        AtRestEncryption running = one();
        String before = running.encrypted("text", "p");
        Path file = StoreKeyFileTest.file(folder, "current: tw", "rw-------");
        running.refresh();
        assertThat(running.encrypted("text", "p")).contains("\"key\":\"one\"");
        Files.delete(file);
        running.refresh();
        assertThat(running.encrypted("text", "p")).contains("\"key\":\"one\"");
        StoreKeyFileTest.file(folder, "current: one\none: " + OTHER + "\n", "rw-------");
        running.refresh();
        assertThat(running.decrypted(running.encrypted("text", "p"), "x", "p")).isEqualTo("text");
        assertThat(running.decrypted(before, "x", "p"))
                .as("a name stands for the same bytes")
                .isEqualTo("text");
    }

    private AtRestEncryption one() throws IOException {
        return keys("current: one\none: " + StoreKeyFileTest.ONE + "\n");
    }

    private AtRestEncryption keys(String text) throws IOException {
        Path file = StoreKeyFileTest.file(folder, text, "rw-------");
        return AtRestEncryption.of(Map.of(Setting.STORE_KEYS.variable(), file.toString()));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        byte[] canary = "canary".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(canary, 0, bytes, 0, Math.min(canary.length, length));
        return bytes;
    }

    private static byte[] encrypted(AtRestEncryption encryption, byte[] plain, String place) throws IOException {
        ByteArrayOutputStream secret = new ByteArrayOutputStream();
        try (OutputStream out = encryption.encrypting(secret, place)) {
            int half = plain.length / 2;
            out.write(plain, 0, half);
            out.write(plain, half, plain.length - half);
        }
        return secret.toByteArray();
    }

    private static byte[] decrypted(AtRestEncryption encryption, byte[] secret, String place) throws IOException {
        try (InputStream in = encryption.decrypting(new ByteArrayInputStream(secret), "/some/file", place)) {
            return in.readAllBytes();
        }
    }
}
