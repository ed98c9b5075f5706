package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import java.nio.charset.StandardCharsets;

/**
 * Dataset files in a bucket that the operator declares.
 *
 * @param bucket the operator's name for the bucket
 * @param path key of an object, a folder that ends in {@code /}, or a pattern; {@code *} and {@code ?} are in its last
 *     name only
 */
public record BucketFilesSpec(String bucket, String path) {
    /** A name that the operator declares. */
    public static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

    /** Bytes of the longest key in S3. */
    private static final int LONGEST_KEY = 1024;

    public BucketFilesSpec {
        require(
                bucket.matches(NAME_PATTERN),
                "s3 needs the operator's name of a bucket, such as 'warehouse', got '%s'",
                bucket);
        require(!path.isBlank(), "path: needs the key of an object, a folder, or a pattern");
        require(
                path.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY
                        && path.codePoints().noneMatch(Character::isISOControl),
                "path: must have at most %s bytes, and no control characters",
                LONGEST_KEY);
        require(
                !path.startsWith("/") && !path.contains("//"),
                "path: is the key of an object, such as 'tickets/part-*.jsonl', without a / at its beginning and"
                        + " without //, got '%s'",
                path);
        require(
                !DatasetFiles.isPattern(DatasetFiles.folder(path)),
                "path: has * or ? in the name of a folder; only the last name may have them, got '%s'",
                path);
        require(
                DatasetFiles.several(path) || DatasetFiles.known(path),
                "path: '%s' has no ending of a dataset file; expected %s, one of them with %s, or %s",
                path,
                String.join(", ", DatasetFiles.ROWS),
                String.join(" or ", DatasetFiles.COMPRESSED),
                String.join(", ", DatasetFiles.COLUMNS));
    }

    /** The files, for messages. */
    String name() {
        return "s3:%s/%s".formatted(bucket, path);
    }
}
