package dev.septet.activities.encryption;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keys by name. The current key encrypts; every key decrypts, so that data from before a key change
 * remains readable.
 */
public final class StoreKeyFile {
    static final int BYTES = 32;
    static final int LONGEST_NAME = 64;

    private static final String CURRENT = "current";
    private static final String MAKE = "`openssl rand -base64 32` makes one.";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final String variable;
    private final String current;
    private final Map<String, SecretKey> keys;
    private final Path file;

    /** The file when it was read; empty when it was away. */
    private final Optional<FileStamp> stamp;

    private StoreKeyFile(
            String variable, String current, Map<String, SecretKey> keys, Path file, Optional<FileStamp> stamp) {
        this.stamp = stamp;
        this.variable = variable;
        this.current = current;
        this.keys = Map.copyOf(keys);
        this.file = file;
    }

    /**
     * Reads lines {@code name: base64 key}, and one {@code current: name}; {@code #} begins a
     * comment.
     *
     * @throws KeyProblem with file and line, never with a key
     */
    public static StoreKeyFile read(String variable, Path file) {
        Optional<FileStamp> stamp = stamp(file);
        List<String> lines = OwnerFile.read(variable, file).lines().toList();
        Map<String, SecretKey> keys = new LinkedHashMap<>();
        String current = null;
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String at = String.format(Locale.ROOT, "%s:%d: ", file, number);
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new KeyProblem(at + "expected `name: base64 key` or `current: name`");
            }
            String name = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            if (name.equals(CURRENT)) {
                if (current != null) {
                    throw new KeyProblem(at + "`current` is set twice");
                }
                current = value;
            } else if (keys.put(name(at, name), key(at, name, value)) != null) {
                throw new KeyProblem(at + "the key '%s' is set twice".formatted(name));
            }
        }
        return new StoreKeyFile(variable, current(file, current, keys), keys, file, stamp);
    }

    /** The name of the current key. */
    public String current() {
        return current;
    }

    /** The names of all keys, in alphabetical order. */
    public Set<String> names() {
        return new TreeSet<>(keys.keySet());
    }

    /** A key by its name; empty when it is unknown. */
    public Optional<SecretKey> key(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /**
     * These keys and those that the file has now, if a key of this name is not among them. So a running process reads what a process
     * with a newer file encrypted. The current key stays.
     */
    public StoreKeyFile knowing(String name) {
        if (keys.containsKey(name)) {
            return this;
        }
        StoreKeyFile now = again();
        return new StoreKeyFile(variable, current, now.keys, file, stamp);
    }

    /** The current key and the keys that the file has now, if it was changed. So a change of the key needs no restart. */
    public StoreKeyFile refreshed() {
        return stamp(file).equals(stamp) ? this : again();
    }

    /** A name stands for the same bytes as before, because something is encrypted with them. */
    private StoreKeyFile again() {
        try {
            StoreKeyFile now = read(variable, file);
            Map<String, SecretKey> all = new LinkedHashMap<>(now.keys);
            all.putAll(keys);
            return new StoreKeyFile(variable, now.current, all, file, now.stamp);
        } catch (KeyProblem beingWritten) {
            return this;
        }
    }

    private static Optional<FileStamp> stamp(Path file) {
        try {
            return Optional.of(FileStamp.of(file));
        } catch (IOException away) {
            return Optional.empty();
        }
    }

    /** The key file. */
    public Path file() {
        return file;
    }

    /** Makes an external name safe for a message. */
    public static String shown(String name) {
        return NAME.matcher(name).matches() ? name : "(not a key's name)";
    }

    private static String name(String at, String name) {
        if (!NAME.matcher(name).matches()) {
            // The line may be a key by mistake, so the message does not contain it.
            throw new KeyProblem(at
                    + "a key's name has 1 to 64 letters, digits, '.', '_' or '-', and"
                    + " begins with a letter or digit");
        }
        return name;
    }

    private static SecretKey key(String at, String name, String value) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new KeyProblem(at + "the key '%s' is not base64. %s".formatted(name, MAKE), e);
        }
        if (bytes.length != BYTES) {
            throw new KeyProblem(at
                    + String.format(
                            Locale.ROOT,
                            "the key '%s' has %d bytes; AES-256 needs %d. %s",
                            name,
                            bytes.length,
                            BYTES,
                            MAKE));
        }
        return new SecretKeySpec(bytes, "AES");
    }

    private static String current(Path file, @Nullable String current, Map<String, SecretKey> keys) {
        if (keys.isEmpty()) {
            throw new KeyProblem(
                    "%s has no keys. Write lines `name: base64 key` and `current: name`; %s".formatted(file, MAKE));
        }
        if (current == null) {
            throw new KeyProblem("%s names no key to encrypt with. Add the line `current: NAME` with one of: %s"
                    .formatted(file, String.join(", ", keys.keySet())));
        }
        if (!keys.containsKey(current)) {
            throw new KeyProblem("%s: `current` is '%s', but the keys are: %s"
                    .formatted(file, shown(current), String.join(", ", keys.keySet())));
        }
        return current;
    }
}
