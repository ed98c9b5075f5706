package dev.septet.dsl;

import dev.septet.dsl.parse.PipelineParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads pipeline files from disk. */
public final class PipelineFile {
    private PipelineFile() {}

    /**
     * Reads a local file. The paths in it are relative to its folder and may lead anywhere.
     *
     * @throws IOException when the file is missing, unreadable or not a regular file; the message is for the author
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
            // Reads one byte more than allowed: enough for the parser to reject the file.
            byte[] bytes = input.readNBytes(PipelineParser.MAX_BYTES + 1);
            return PipelineSource.of(String.valueOf(name), bytes)
                    .anywhereFrom(folder == null ? file.toAbsolutePath() : folder);
        }
    }
}
