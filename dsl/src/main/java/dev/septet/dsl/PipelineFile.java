package dev.septet.dsl;

import dev.septet.dsl.parse.PipelineParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pipeline files on disk. */
public final class PipelineFile {
    private PipelineFile() {}

    /**
     * Reads a local file; the paths in it are relative to its folder and may lead anywhere.
     *
     * @throws IOException when it is missing, no regular file, or unreadable; the message is for
     *     the author
     */
    public static PipelineSource read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("it does not exist");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("it is not a file; a pipeline is one .groovy file");
        }
        Path name = file.getFileName();
        Path folder = file.toAbsolutePath().getParent();
        try (var input = Files.newInputStream(file)) {
            // One byte more than allowed is enough to be refused; no more is read.
            byte[] bytes = input.readNBytes(PipelineParser.MOST_BYTES + 1);
            return PipelineSource.of(String.valueOf(name), bytes)
                    .anywhereFrom(folder == null ? file.toAbsolutePath() : folder);
        }
    }
}
