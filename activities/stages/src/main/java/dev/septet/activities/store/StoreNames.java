package dev.septet.activities.store;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of a store's small texts. They are keys in a bucket and paths in a folder.
 *
 * <pre>
 * artifacts/&lt;sha256&gt;/manifest.json            sha256 of these bytes is the name
 * checkpoints/&lt;scope&gt;/&lt;step&gt;/manifest.json    in a folder
 * checkpoints/&lt;scope&gt;/&lt;step&gt;-&lt;attempt&gt;.manifest   in a bucket
 * records/&lt;name&gt;.record                       small texts
 * encrypted                                   there are keys, and their checks: see {@link KeyChecks}
 * </pre>
 *
 * The implementations of {@link FileSets} document the names of the files of artifacts and
 * checkpoints.
 */
public final class StoreNames {
    public static final String ARTIFACTS = "artifacts/";
    public static final String CHECKPOINTS = "checkpoints/";
    public static final String RECORDS = "records/";
    public static final String MARKER = "encrypted";
    public static final String CHECKPOINT_SUFFIX = ".manifest";

    private static final String RECORD_SUFFIX = ".record";
    private static final Pattern ESCAPED = Pattern.compile("%[0-9a-f]{2}");

    private StoreNames() {}

    /**
     * The name of a record's text.
     *
     * @throws IllegalArgumentException when a part of its name is empty
     */
    public static String record(String name) {
        return RECORDS + path(name) + RECORD_SUFFIX;
    }

    /**
     * The folder that contains all records whose names have a prefix. It may also contain other
     * records.
     */
    public static String records(String prefix) {
        int last = prefix.lastIndexOf('/');
        return last < 0 ? RECORDS : RECORDS + path(prefix.substring(0, last)) + "/";
    }

    /** The name of the record in a text of this name; empty when the text is not a record. */
    public static Optional<String> recordName(String text) {
        if (!text.startsWith(RECORDS) || !text.endsWith(RECORD_SUFFIX)) {
            return Optional.empty();
        }
        StringBuilder name = new StringBuilder();
        for (String part : text.substring(RECORDS.length(), text.length() - RECORD_SUFFIX.length())
                .split("/", -1)) {
            name.append(name.isEmpty() ? "" : "/").append(decoded(part));
        }
        return Optional.of(name.toString());
    }

    /** The folder of a scope's checkpoints. */
    public static String checkpoints(String scope) {
        return CHECKPOINTS + encoded(scope) + "/";
    }

    /** The scope whose checkpoints are in a folder. */
    public static String scope(String folder) {
        return decoded(folder.substring(CHECKPOINTS.length(), folder.length() - 1));
    }

    /**
     * The place that an encrypted text is bound to: a copy in another place cannot be decrypted.
     * Null for names of other files, which are neither a manifest nor a record.
     */
    public static @Nullable String place(String text) {
        Optional<String> record = recordName(text);
        if (record.isPresent()) {
            return "record " + record.get();
        }
        List<String> parts = List.of(text.split("/", -1));
        String last = parts.get(parts.size() - 1);
        if (text.startsWith(ARTIFACTS)) {
            return parts.size() == 3 && last.equals(Manifest.FILE) ? "manifest " + parts.get(1) : null;
        }
        if (!text.startsWith(CHECKPOINTS) || parts.size() < 3) {
            return null;
        }
        String scope = decoded(parts.get(1));
        if (parts.size() == 4 && last.equals(Manifest.FILE)) {
            return "checkpoint %s %s".formatted(scope, parts.get(2));
        }
        return parts.size() == 3 && last.endsWith(CHECKPOINT_SUFFIX)
                ? "checkpoint %s %s".formatted(scope, last.substring(0, last.length() - CHECKPOINT_SUFFIX.length()))
                : null;
    }

    /** One segment from any text; different texts give different segments. */
    public static String encoded(String text) {
        StringBuilder name = new StringBuilder();
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (unit & 0xff);
            boolean plain = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '-'
                    || letter == '_';
            if (plain) {
                name.append(letter);
            } else {
                name.append(String.format(Locale.ROOT, "%%%02x", unit & 0xff));
            }
        }
        return name.toString();
    }

    /**
     * The text that {@link #encoded} turned into this segment. For any other file name, the result
     * is an arbitrary text.
     */
    public static String decoded(String segment) {
        byte[] text = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) == '%'
                    && ESCAPED.matcher(segment).region(i, segment.length()).lookingAt()) {
                text[length++] = (byte) Integer.parseInt(segment.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                text[length++] = (byte) segment.charAt(i);
            }
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private static String path(String name) {
        StringBuilder path = new StringBuilder();
        for (String part : name.split("/", -1)) {
            if (part.isEmpty()) {
                throw new IllegalArgumentException("a record's name has no empty part: " + name);
            }
            path.append(path.isEmpty() ? "" : "/").append(encoded(part));
        }
        return path.toString();
    }
}
