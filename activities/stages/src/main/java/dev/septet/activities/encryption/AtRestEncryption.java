package dev.septet.activities.encryption;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Encryption at rest of the store and the audit logs: AES-256-GCM with the current key of the
 * operator's key file. Without a key file everything is written unencrypted, and reading encrypted
 * data is an error. Older unencrypted data is always readable.
 *
 * <p>Files have a {@link CiphertextHeader} and {@link Segments}. A small text becomes JSON that
 * names the key:
 *
 * <pre>
 * {"encrypted":"base64 of salt (32 bytes), ciphertext and tag","key":"NAME"}
 * </pre>
 *
 * Both are bound to their place, a name such as {@code record routes/bot}: they cannot be decrypted
 * in another place.
 */
public final class AtRestEncryption {

    private static final int SALT_BYTES = 32;
    private static final String CHECKED = "septet key check";
    private static final Pattern TEXT =
            Pattern.compile("\\{\"encrypted\":\"([A-Za-z0-9+/]{64,}={0,2})\",\"key\":\"([A-Za-z0-9._-]{1,64})\"\\}");

    private final @Nullable StoreKeyHolder keys;
    private final SecureRandom random = new SecureRandom();

    private AtRestEncryption(@Nullable StoreKeyFile keys) {
        this.keys = keys == null ? null : new StoreKeyHolder(keys);
    }

    /** No keys: nothing is encrypted. */
    public static AtRestEncryption none() {
        return new AtRestEncryption(null);
    }

    /**
     * The encryption that the environment variables configure.
     *
     * @throws KeyProblem when the key file cannot be used
     */
    public static AtRestEncryption of(Map<String, String> environment) {
        String file = Setting.STORE_KEYS.text(environment);
        if (file.isEmpty()) {
            return none();
        }
        try {
            return new AtRestEncryption(StoreKeyFile.read(
                    Setting.STORE_KEYS.variable(), Path.of(file).toAbsolutePath()));
        } catch (InvalidPathException e) {
            throw new KeyProblem("%s is not a path: %s".formatted(Setting.STORE_KEYS.variable(), e.getReason()), e);
        }
    }

    /** Whether there is a key to encrypt with. */
    public boolean encrypts() {
        return keys != null;
    }

    /**
     * Reads the key file again if it was changed, so that a change of the current key needs no restart. A store calls this before it
     * checks the current key, and no later: nothing is encrypted with a key that was not checked.
     */
    public void refresh() {
        if (keys != null) {
            keys.refreshed();
        }
    }

    /** The name of the current key. */
    public Optional<String> currentKey() {
        return Optional.ofNullable(known()).map(StoreKeyFile::current);
    }

    /** Whether a key of this name is configured. */
    public boolean hasKey(String key) {
        StoreKeyFile known = known();
        return known != null && known.key(key).isPresent();
    }

    /** Size of an encrypted file in bytes. */
    public static long encryptedBytes(long plainBytes) {
        return CiphertextHeader.BYTES + Segments.encryptedBytes(plainBytes);
    }

    /**
     * Encrypts a file while it is written.
     *
     * @param out receives the encrypted bytes; closed with the result
     * @param place place that the file is bound to
     */
    public OutputStream encrypting(OutputStream out, String place) throws IOException {
        StoreKeyFile all = needed();
        CiphertextHeader header = CiphertextHeader.create(all.current(), random);
        out.write(header.bytes());
        return new EncryptingOutput(out, segments(header, all.key(all.current()).orElseThrow(), place));
    }

    /**
     * Decrypts a file while it is read; an unencrypted file is returned unchanged.
     *
     * @param in positioned at the first byte; closed with the result
     * @param name for messages
     * @throws MissingKeyException when its key is not configured; reading throws {@link
     *     DamagedCiphertextException}
     */
    public InputStream decrypting(InputStream in, String name, String place) throws IOException {
        PushbackInputStream whole = new PushbackInputStream(in, CiphertextHeader.BYTES);
        byte[] first = whole.readNBytes(CiphertextHeader.BYTES);
        whole.unread(first);
        Optional<CiphertextHeader> header = CiphertextHeader.read(new java.io.ByteArrayInputStream(first));
        if (header.isEmpty()) {
            return whole;
        }
        whole.skipNBytes(CiphertextHeader.BYTES);
        String key = header.get().keyName();
        SecretKey named = key(name, key);
        return new DecryptingInput(
                whole,
                segments(header.get(), named, place),
                () -> new DamagedCiphertextException(key, damaged(name, key)));
    }

    /** The name of the key that encrypts a file; empty when it is not encrypted. */
    public static Optional<String> keyOfFile(InputStream in) throws IOException {
        return CiphertextHeader.read(in).map(header -> StoreKeyFile.shown(header.keyName()));
    }

    /** Encrypts a small text for storage; without keys, returns it unchanged. */
    public String encrypted(String text, String place) {
        StoreKeyFile known = known();
        return known == null
                ? text
                : encrypted(
                        text, place, known.current(), known.key(known.current()).orElseThrow());
    }

    private String encrypted(String text, String place, String name, SecretKey key) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        byte[] secret = Arrays.copyOf(salt, SALT_BYTES + plain.length + Segments.TAG_BYTES);
        try {
            Segments segments = new Segments(textKey(key, salt, name, place), noPrefix());
            byte[] ciphertext = segments.encrypted(plain, plain.length, true);
            System.arraycopy(ciphertext, 0, secret, SALT_BYTES, ciphertext.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-256-GCM", e);
        }
        return "{\"encrypted\":\"%s\",\"key\":\"%s\"}"
                .formatted(Base64.getEncoder().encodeToString(secret), name);
    }

    /**
     * Encrypts a known text with the key of this name. The result shows later whether the name
     * still stands for the same key bytes.
     */
    public String keyCheck(String name) {
        return encrypted(CHECKED, checkPlace(name), name, needed(name));
    }

    /** Whether the key of this name has the same bytes as the key that made a {@link #keyCheck}. */
    public boolean passes(String keyCheck, String name) throws MissingKeyException {
        try {
            return decrypted(keyCheck, name, checkPlace(name)).equals(CHECKED);
        } catch (DamagedCiphertextException anotherKey) {
            return false;
        }
    }

    /**
     * The error that the key of this name was replaced by another key. The store must not be read or
     * written with it.
     */
    public MissingKeyException replaced(String name, String checksAt) {
        return new MissingKeyException(
                "%s: the key '%s' is not the key with which this store was written under this name. Restore the old key under this name, and give the new key another name. If the key is right, the file %s was changed: remove it, and Septet creates it again."
                        .formatted(needed().file(), name, checksAt));
    }

    /**
     * Decrypts a small text; an unencrypted text is returned unchanged.
     *
     * @param name for messages
     */
    public String decrypted(String stored, String name, String place)
            throws MissingKeyException, DamagedCiphertextException {
        Matcher text = TEXT.matcher(stored);
        if (!text.matches()) {
            return stored;
        }
        String keyName = text.group(2);
        SecretKey key = key(name, keyName);
        try {
            byte[] secret = Base64.getDecoder().decode(text.group(1));
            byte[] salt = Arrays.copyOf(secret, SALT_BYTES);
            byte[] ciphertext = Arrays.copyOfRange(secret, SALT_BYTES, secret.length);
            Segments segments = new Segments(textKey(key, salt, keyName, place), noPrefix());
            return new String(segments.decrypted(ciphertext, ciphertext.length, true), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new DamagedCiphertextException(keyName, damaged(name, keyName));
        }
    }

    /** The name of the key that encrypts a text; empty when it is not encrypted. */
    public static Optional<String> keyOfText(String stored) {
        Matcher text = TEXT.matcher(stored);
        return text.matches() ? Optional.of(StoreKeyFile.shown(text.group(2))) : Optional.empty();
    }

    private static Segments segments(CiphertextHeader header, SecretKey named, String place) throws IOException {
        try {
            return new Segments(header.fileKey(named, place), header.prefix());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-256-GCM", e);
        }
    }

    private static SecretKey textKey(SecretKey named, byte[] salt, String name, String place) {
        String info = "septet text 1\n%s\n%s".formatted(name, place);
        return Hkdf.key(named.getEncoded(), salt, info.getBytes(StandardCharsets.UTF_8));
    }

    /** A zero nonce prefix: each text has a separate key, which encrypts only once. */
    private static byte[] noPrefix() {
        return new byte[Segments.PREFIX_BYTES];
    }

    private SecretKey key(String name, String key) throws MissingKeyException {
        String shown = StoreKeyFile.shown(key);
        if (keys == null) {
            throw new MissingKeyException(
                    "%s: is encrypted with the key '%s', but this process has no keys. Set %s to the file with that key."
                            .formatted(name, shown, Setting.STORE_KEYS.variable()));
        }
        StoreKeyFile now = keys.knowing(key);
        Path file = now.file();
        return now.key(key)
                .orElseThrow(() -> new MissingKeyException(
                        "%s: is encrypted with the key '%s', which is not in %s. Add that key's line again."
                                .formatted(name, shown, file)));
    }

    private @Nullable StoreKeyFile known() {
        return keys == null ? null : keys.now();
    }

    private static String checkPlace(String name) {
        return "key check " + name;
    }

    private SecretKey needed(String name) {
        return needed().key(name).orElseThrow();
    }

    private StoreKeyFile needed() {
        StoreKeyFile known = known();
        if (known == null) {
            throw new IllegalStateException("there is no key to encrypt with");
        }
        return known;
    }

    private static String damaged(String name, String key) {
        return "%s: changed; the key '%s' does not decrypt it: its bytes are damaged or belong elsewhere, or this name now belongs to another key"
                .formatted(name, StoreKeyFile.shown(key));
    }
}
