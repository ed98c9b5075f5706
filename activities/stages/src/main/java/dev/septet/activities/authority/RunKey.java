package dev.septet.activities.authority;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The key with which the workers of a state folder verify their own tickets and seals. It is
 * created once, in a file that only its owner may read. Workers on several machines share the file
 * that {@code SEPTET_RUN_KEY_FILE} names.
 */
public final class RunKey {

    private static final String NAME = "run.key";

    /** Files that show that a state folder has been used before. */
    private static final List<String> EARLIER = List.of("store", "temporal.db");

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final byte[] secret;
    private final long since;

    private RunKey(byte[] secret, long since) {
        this.secret = secret;
        this.since = since;
    }

    /** The content of the key file. */
    private record Written(@Nullable String key, long since) {}

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
        try {
            @Nullable Written written = SpecJson.mapper().readValue(Files.readString(file), Written.class);
            if (written == null) {
                throw new IllegalArgumentException("nothing");
            }
            byte[] secret = Base64.getDecoder().decode(Objects.requireNonNullElse(written.key(), ""));
            if (secret.length < BYTES) {
                throw new IllegalArgumentException("too short");
            }
            return new RunKey(secret, written.since());
        } catch (JsonProcessingException | CharacterCodingException | IllegalArgumentException damaged) {
            throw new IOException(
                    "the key file '%s' is damaged; move it away, and Septet creates a new one. Running runs are then refused; continue them with `septet resume`"
                            .formatted(file),
                    damaged);
        }
    }

    /** Workflows that started before this time, in milliseconds since 1970, have no ticket. */
    public long since() {
        return since;
    }

    /**
     * The message authentication code (HMAC) of a list of texts.
     *
     * @param purpose separates codes of different purposes, so that one cannot be used as another
     */
    String mac(String purpose, List<String> texts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
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
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        String text = SpecJson.mapper()
                .writeValueAsString(new Written(Base64.getEncoder().encodeToString(secret), since));
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

    private static boolean posix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
