package dev.septet.workers.cli.publish;

import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that were published with a model, with the manifest of their digests.
 *
 * @param folder folder to which the manifest's paths are relative
 */
record PublishedFiles(Path folder, Path manifest) {
    /**
     * The published files that a model folder belongs to. In a published version, the
     * manifest is inside the version's folder. In the store, it is next to {@code files/}.
     */
    static Optional<PublishedFiles> with(Path model) throws IOException {
        Path folder = model.toRealPath();
        for (int up = 0; up < 2 && folder != null; up++, folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve(Manifest.FILE))) {
                return Optional.of(new PublishedFiles(folder, folder.resolve(Manifest.FILE)));
            }
            if (folder.endsWith("files") && Files.exists(folder.resolveSibling(Manifest.FILE))) {
                return Optional.of(new PublishedFiles(folder, folder.resolveSibling(Manifest.FILE)));
            }
        }
        return Optional.empty();
    }

    /**
     * Verifies every file against its digest.
     *
     * @return the number of files
     * @throws CorruptArtifactException naming the first file that differs from the published one
     */
    int verify() throws IOException {
        Manifest published = Manifest.parse(manifest, Files.readAllBytes(manifest));
        published.verify(folder);
        return published.files().size();
    }
}
