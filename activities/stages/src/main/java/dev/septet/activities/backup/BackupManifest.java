package dev.septet.activities.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The list of a backup's files. Its name has the digest of these canonical bytes.
 *
 * @param format version of this format
 * @param number one more than that of the backup before, because clocks may go back
 * @param created time of its begin, for people
 * @param septet version of Septet that wrote it
 * @param encrypted whether there were keys, so that it has nothing plain that the store encrypts
 * @param bucket whether the store was in a bucket; a store is restored to a place of the same kind
 * @param folders absolute paths of folders outside of the state folder and the store, such as published models
 * @param leftOut what the backup does not have, one sentence each
 */
public record BackupManifest(
        int format,
        int number,
        String created,
        String septet,
        boolean encrypted,
        boolean bucket,
        List<Entry> files,
        List<String> folders,
        List<String> leftOut) {
    /** The present version of the format. */
    static final int FORMAT = 1;

    private static final int DIGITS = 16;

    /**
     * A file or a symbolic link.
     *
     * @param path {@code database/...}, {@code store/...}, {@code state/...} or {@code folder/NUMBER/...}
     * @param sha256 digest of its bytes; empty for a link
     * @param stamp when it was last written, as its place says it; an equal stamp means equal bytes in parts of a store that
     *     never change
     * @param sealed whether the backup encrypts it; files of an encrypted store are stored as they are
     * @param mode permissions, such as {@code r--------}; null = only its owner may read and write it
     * @param link where a symbolic link points at; null for a file
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            String path,
            String sha256,
            long bytes,
            String stamp,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean sealed,
            @Nullable String mode,
            @Nullable String link) {
        Entry withMode(@Nullable String permissions) {
            return new Entry(path, sha256, bytes, stamp, sealed, permissions, link);
        }

        /** A symbolic link. */
        static Entry link(String path, String target) {
            return new Entry(path, "", 0, "", false, null, target);
        }

        /** The name of the object with its bytes. */
        String object() {
            return "objects/" + sha256.substring(0, 2) + "/" + sha256 + (sealed ? ".encrypted" : "");
        }
    }

    public BackupManifest {
        files = List.copyOf(files);
        folders = List.copyOf(folders);
        leftOut = List.copyOf(leftOut);
    }

    /** Number of bytes of all files. */
    public long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    /** Canonical JSON. */
    String text() {
        try {
            return SpecJson.mapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is plain JSON", e);
        }
    }

    /** The digest in the name of a backup. */
    static String digest(String text) {
        return Sha256.of(text).substring(0, DIGITS);
    }
}
