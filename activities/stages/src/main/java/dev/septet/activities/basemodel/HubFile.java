package dev.septet.activities.basemodel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A file of a model on the hub.
 *
 * @param name without folders
 * @param size bytes
 * @param etag its content's digest, by which the cache names it: sha256 of large files, git's sha1
 *     of small ones
 */
record HubFile(String name, long size, String etag) {
    private static final int SHA256 = 64;

    /** A sum over nothing yet; over all bytes it gives {@link #etag}. */
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
