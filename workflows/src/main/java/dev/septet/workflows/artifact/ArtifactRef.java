package dev.septet.workflows.artifact;

/**
 * A reference to stored files: their location and their digest.
 *
 * @param uri location in the artifact store, such as {@code store:artifacts/<sha256>}
 * @param sha256 digest of the artifact's manifest, 64 hexadecimal digits
 * @param sizeBytes total size of its files
 */
public record ArtifactRef(String uri, String sha256, long sizeBytes) {}
