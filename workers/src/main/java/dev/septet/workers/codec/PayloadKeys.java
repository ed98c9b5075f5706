package dev.septet.workers.codec;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys by name. One is current and encrypts; all of them decrypt, so that payloads of before a
 * change of keys can be read.
 */
final class PayloadKeys {
    static final int BYTES = 32;

    private static final String CURRENT = "current";
    private static final String MAKE = "`openssl rand -base64 32` makes one.";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final String current;
    private final Map<String, SecretKey> keys;
    private final Path file;

    private PayloadKeys(String current, Map<String, SecretKey> keys, Path file) {
        this.current = current;
        this.keys = Map.copyOf(keys);
        this.file = file;
    }

    /**
     * Reads lines {@code name: base64 key}, and one {@code current: name}; {@code #} begins a
     * comment.
     *
     * @throws CodecProblem with file and line, never with a key
     */
    static PayloadKeys read(String variable, Path file) {
        List<String> lines = OwnerFile.read(variable, file).lines().toList();
        Map<String, SecretKey> keys = new LinkedHashMap<>();
        String current = null;
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String at = "%s:%d: ".formatted(file, number);
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new CodecProblem(at + "expected `name: base64 key` or `current: name`");
            }
            String name = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            if (name.equals(CURRENT)) {
                if (current != null) {
                    throw new CodecProblem(at + "`current` is set twice");
                }
                current = value;
            } else if (keys.put(name(at, name), key(at, name, value)) != null) {
                throw new CodecProblem(at + "the key '%s' is there twice".formatted(name));
            }
        }
        return new PayloadKeys(current(file, current, keys), keys, file);
    }

    /** The name of the key that encrypts. */
    String current() {
        return current;
    }

    /**
     * A key by its name.
     *
     * @throws CodecProblem when it is not known
     */
    SecretKey key(String name) {
        SecretKey key = keys.get(name);
        if (key == null) {
            throw new CodecProblem(
                    "a payload is encrypted with the key '%s', which is not in %s. Add that key's line again."
                            .formatted(shown(name), file));
        }
        return key;
    }

    /** A name that came from outside, fit for a message. */
    static String shown(String name) {
        return NAME.matcher(name).matches() ? name : "(not a key's name)";
    }

    private static String name(String at, String name) {
        if (!NAME.matcher(name).matches()) {
            // It may be a key by mistake, so it is not repeated.
            throw new CodecProblem(
                    at
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
            throw new CodecProblem(at + "the key '%s' is not base64. %s".formatted(name, MAKE), e);
        }
        if (bytes.length != BYTES) {
            throw new CodecProblem(
                    at
                            + "the key '%s' has %d bytes; AES-256 needs %d. %s"
                                    .formatted(name, bytes.length, BYTES, MAKE));
        }
        return new SecretKeySpec(bytes, "AES");
    }

    private static String current(
            Path file, @Nullable String current, Map<String, SecretKey> keys) {
        if (keys.isEmpty()) {
            throw new CodecProblem(
                    "%s has no keys. Write lines `name: base64 key` and `current: name`; %s"
                            .formatted(file, MAKE));
        }
        if (current == null) {
            throw new CodecProblem(
                    "%s does not say which key encrypts. Add the line `current: NAME` with one of: %s"
                            .formatted(file, String.join(", ", keys.keySet())));
        }
        if (!keys.containsKey(current)) {
            throw new CodecProblem(
                    "%s: `current` is '%s', but the keys are: %s"
                            .formatted(file, shown(current), String.join(", ", keys.keySet())));
        }
        return current;
    }
}
