package dev.septet.activities.basemodel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A file of a repository on the hub.
 *
 * @param name path inside the repository
 * @param size size in bytes
 * @param etag digest of its content, its name in the cache: sha256 of a large file, git's sha1 of a
 *     small one
 */
record HubFile(String name, long size, String etag) {
    private static final int SHA256 = 64;

    /** A new message digest; after all bytes of the file it equals {@link #etag}. */
    MessageDigest digest() {
        try {
            if (etag.length() == SHA256) {
                return MessageDigest.getInstance("SHA-256");
            }
            MessageDigest git = MessageDigest.getInstance("SHA-1");
            git.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
            return git;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", e);
        }
    }
}
