package dev.septet.activities.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.encryption.FileStamp;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys with which the workers of a state folder verify their own tickets and seals: one signs, and others are accepted. They
 * are in a file that only its owner may read. Workers on several machines share the file that {@code SEPTET_RUN_KEY_FILE} names.
 * A worker reads the file again when it changes.
 */
public final class RunKey {

    private static final String NAME = "run.key";

    /** Files that show that a state folder has been used before. */
    private static final List<String> EARLIER = List.of("store", "temporal.db");

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;
    private static final int ID_DIGITS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(RunKey.class);

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Path file;
    private volatile Ring ring;

    private RunKey(Path file, Ring ring) {
        this.file = file;
        this.ring = ring;
    }

    /** The content of the key file. Earlier versions of Septet read the key that signs, and ignore the others. */
    private record Written(
            @Nullable String key,
            long since,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            List<WrittenKey> accepted) {}

    /**
     * A key that does not sign.
     *
     * @param retired when it signed last, in milliseconds since 1970; null = it never did
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record WrittenKey(
            @Nullable String key, @Nullable Long retired) {}

    /**
     * The keys of a file, as they were when it had this stamp.
     *
     * @param keys the first one signs, and all are accepted
     */
    private record Ring(FileStamp stamp, long since, List<Key> keys) {}

    /** A key. */
    private record Key(SecretKeySpec secret, @Nullable Long retired) {}

    /**
     * A key, for people.
     *
     * @param id a short digest of it, from which it cannot be computed
     * @param signs whether it is the one that signs
     * @param retired when it signed last, in milliseconds since 1970; null = it signs, or it never did
     */
    public record Described(
            String id, boolean signs, @Nullable Long retired) {}

    /**
     * The key of a state folder; creates it when there is none.
     *
     * @param now milliseconds since 1970. If the state folder is older than tickets, only workflows
     *     that start later must have a ticket
     * @throws IOException with a message for users when the key cannot be read or written
     */
    public static RunKey of(Map<String, String> environment, Path state, long now) throws IOException {
        String named = Setting.RUN_KEY_FILE.text(environment);
        boolean used = EARLIER.stream().anyMatch(name -> Files.exists(state.resolve(name)));
        return at(named.isEmpty() ? state.resolve(NAME) : Path.of(named), used ? now : 0);
    }

    /** The key in this file; creates it when there is none. */
    static RunKey at(Path file, long since) throws IOException {
        if (!Files.exists(file)) {
            create(file, since);
        }
        if (posix() && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
            throw new IOException("other users may read the key file '%s'; run: chmod 600 %s".formatted(file, file));
        }
        return new RunKey(file, read(file));
    }

    private static Ring read(Path file) throws IOException {
        FileStamp stamp = FileStamp.of(file);
        try {
            Written written = written(file);
            List<Key> keys = new ArrayList<>();
            keys.add(new Key(secret(written.key()), null));
            for (WrittenKey accepted : Objects.requireNonNullElse(written.accepted(), List.<WrittenKey>of())) {
                keys.add(new Key(secret(accepted.key()), accepted.retired()));
            }
            return new Ring(stamp, written.since(), keys);
        } catch (JsonProcessingException | CharacterCodingException | IllegalArgumentException damaged) {
            throw new IOException(
                    "the key file '%s' is damaged; move it away, and Septet creates a new one. Running runs are then refused; continue them with `septet resume`"
                            .formatted(file),
                    damaged);
        }
    }

    private static Written written(Path file) throws IOException {
        @Nullable Written written = SpecJson.mapper().readValue(Files.readString(file), Written.class);
        if (written == null) {
            throw new IllegalArgumentException("nothing");
        }
        return written;
    }

    private static SecretKeySpec secret(@Nullable String key) {
        byte[] secret = Base64.getDecoder().decode(Objects.requireNonNullElse(key, ""));
        if (secret.length < BYTES) {
            throw new IllegalArgumentException("too short");
        }
        return new SecretKeySpec(secret, ALGORITHM);
    }

    /** The keys as the file has them now. While the file cannot be read, the former ones count. */
    private Ring ring() {
        Ring known = ring;
        try {
            if (!FileStamp.of(file).equals(known.stamp())) {
                known = read(file);
                ring = known;
            }
        } catch (IOException unreadable) {
            LOG.warn("the keys of tickets cannot be read again: {}", unreadable.toString());
        }
        return known;
    }

    /** The file of the keys. */
    public Path file() {
        return file;
    }

    /** The keys of this ring, the one that signs first. */
    public List<Described> keys() {
        List<Described> described = new ArrayList<>();
        for (Key key : ring().keys()) {
            described.add(new Described(id(key), described.isEmpty(), key.retired()));
        }
        return described;
    }

    private static String id(Key key) {
        return mac(key, "key id", List.of()).substring(0, ID_DIGITS);
    }

    /**
     * Adds a key that is accepted and does not sign yet. When all workers accept it, {@link #activate} lets it sign.
     *
     * @throws IOException with a message for users when there is one already, or the file cannot be written
     */
    public void prepare() throws IOException {
        Written written = written(file);
        List<WrittenKey> accepted = accepted(written);
        if (accepted.stream().anyMatch(key -> key.retired() == null)) {
            throw new IOException(
                    "the key file '%s' has a prepared key already; let it sign with --activate".formatted(file));
        }
        accepted.add(new WrittenKey(Base64.getEncoder().encodeToString(random()), null));
        replace(new Written(written.key(), written.since(), accepted));
    }

    /**
     * Lets the prepared key sign. The former one is accepted from now on.
     *
     * @throws IOException with a message for users when there is none, or the file cannot be written
     */
    public void activate(long now) throws IOException {
        Written written = written(file);
        List<WrittenKey> accepted = accepted(written);
        WrittenKey next = accepted.stream()
                .filter(key -> key.retired() == null)
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "the key file '%s' has no prepared key; add one with --prepare".formatted(file)));
        accepted.remove(next);
        accepted.add(new WrittenKey(written.key(), now));
        replace(new Written(next.key(), written.since(), accepted));
    }

    /**
     * Removes keys that signed earlier. What they signed is refused from now on.
     *
     * @return the number of removed keys
     */
    public int removeRetired() throws IOException {
        Written written = written(file);
        List<WrittenKey> accepted = accepted(written);
        int before = accepted.size();
        accepted.removeIf(key -> key.retired() != null);
        if (accepted.size() < before) {
            replace(new Written(written.key(), written.since(), accepted));
        }
        return before - accepted.size();
    }

    private static List<WrittenKey> accepted(Written written) {
        return new ArrayList<>(Objects.requireNonNullElse(written.accepted(), List.<WrittenKey>of()));
    }

    /** Replaces the file atomically: a worker reads the former keys or the new ones. */
    private void replace(Written written) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(folder, "." + file.getFileName(), ".new"); // only its owner may read it
        try {
            Disk disk = new Disk();
            disk.write(
                    temporary, (SpecJson.mapper().writeValueAsString(written) + "\n").getBytes(StandardCharsets.UTF_8));
            disk.move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
        ring = read(file);
    }

    /** Workflows that started before this time, in milliseconds since 1970, have no ticket. */
    public long since() {
        return ring.since();
    }

    /**
     * The message authentication code (HMAC) of a list of texts, by the key that signs.
     *
     * @param purpose separates codes of different purposes, so that one cannot be used as another
     */
    String mac(String purpose, List<String> texts) {
        return mac(ring().keys().get(0), purpose, texts);
    }

    /** Whether one of the accepted keys made this code. */
    boolean made(@Nullable String code, String purpose, List<String> texts) {
        return maker(code, purpose, texts) != null;
    }

    /** The id of the accepted key that made this code; null when none did. */
    @Nullable
    String maker(@Nullable String code, String purpose, List<String> texts) {
        for (Key key : ring().keys()) {
            if (Seals.same(code, mac(key, purpose, texts))) {
                return id(key);
            }
        }
        return null;
    }

    private static String mac(Key key, String purpose, List<String> texts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key.secret());
            add(mac, "septet " + purpose + " 1");
            texts.forEach(text -> add(mac, text));
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** Adds a text after its length, so that different lists never have the same bytes. */
    private static void add(Mac mac, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        mac.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        mac.update(bytes);
    }

    /** Creates the file atomically. When two workers start together, the first file stays. */
    private static void create(Path file, long since) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        String text = SpecJson.mapper()
                .writeValueAsString(new Written(Base64.getEncoder().encodeToString(random()), since, null));
        FileAttribute<?>[] ownerOnly = posix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path temporary = Files.createTempFile(folder, "." + file.getFileName(), ".new", ownerOnly);
        try {
            Files.writeString(temporary, text + "\n");
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException other) {
            // Another worker created the key first; its key counts.
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static byte[] random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    private static boolean posix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
