package dev.septet.activities.store.bucket;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address in an object store, such as {@code s3://models/septet}.
 *
 * @param bucket name of the bucket
 * @param prefix prefix of every key: empty, or ending in {@code /}
 */
public record S3Address(String bucket, String prefix) {
    private static final Pattern FORM =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9!_.*'()/-]*))?");

    /** Whether a text is an address of an object store. */
    public static boolean names(String text) {
        return text.startsWith("s3:");
    }

    /**
     * Parses {@code s3://bucket/prefix}.
     *
     * @throws IllegalArgumentException with a message for its author
     */
    public static S3Address of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not an address of an object store; expected one such as s3://bucket/prefix"
                            .formatted(text));
        }
        String path = form.group(2) == null ? "" : form.group(2).replaceAll("/+$", "");
        for (String part : path.split("/", -1)) {
            if (part.equals("..") || part.equals(".") || (part.isEmpty() && !path.isEmpty())) {
                throw new IllegalArgumentException(
                        "'%s': a prefix must not have an empty part, or a part of dots only".formatted(text));
            }
        }
        return new S3Address(form.group(1), path.isEmpty() ? "" : path + "/");
    }

    /** The full key of a name below this address. */
    public String key(String name) {
        return prefix + name;
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
