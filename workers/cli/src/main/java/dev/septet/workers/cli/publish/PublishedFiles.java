package dev.septet.workers.cli.publish;

import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that were published with a model, and what says how they were.
 *
 * @param folder that the manifest's paths are relative to
 */
record PublishedFiles(Path folder, Path manifest) {
    /**
     * Those that a model folder is among: a published version has its manifest within, the store
     * keeps it beside {@code files/}.
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
     * Reads every byte.
     *
     * @return the number of files
     * @throws CorruptArtifactException naming the first that is not as it was published
     */
    int verify() throws IOException {
        Manifest published = Manifest.parse(manifest, Files.readAllBytes(manifest));
        published.verify(folder);
        return published.files().size();
    }
}
