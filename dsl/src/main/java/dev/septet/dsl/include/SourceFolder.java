package dev.septet.dsl.include;

import dev.septet.dsl.parse.PipelineParser;
import dev.septet.dsl.problem.Quote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folder that includes are read from. Includes may not leave it. */
final class SourceFolder {
    private final @Nullable Path folder;

    SourceFolder(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Why a file is not included; the message is for the author. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** The real path of a file that may be included. */
    Path find(String path) throws Refused {
        String shown = Quote.plain(path);
        if (folder == null) {
            throw new Refused("this pipeline came without a folder, so it can include nothing");
        }
        if (!path.endsWith(".groovy")) {
            throw new Refused("'%s' is not a pipeline file: its name must end with .groovy".formatted(shown));
        }
        if (escapes(path)) {
            throw new Refused("'%s' leads out of the pipeline's folder".formatted(shown));
        }
        try {
            Path file = folder.resolve(path);
            if (!Files.isRegularFile(file)) {
                throw new Refused("there is no file '%s' in the pipeline's folder".formatted(shown));
            }
            Path place = file.toRealPath();
            if (!place.startsWith(folder.toRealPath())) {
                throw new Refused("'%s' is a link out of the pipeline's folder".formatted(shown));
            }
            return place;
        } catch (IOException | InvalidPathException e) {
            throw new Refused("'%s' cannot be read".formatted(shown));
        }
    }

    /** The file's bytes; one byte more than allowed when the file is too large. */
    static byte[] bytes(Path place) throws Refused {
        try (var input = Files.newInputStream(place)) {
            return input.readNBytes(PipelineParser.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new Refused("the file cannot be read");
        }
    }

    private static boolean escapes(String path) {
        return path.startsWith("/")
                || path.startsWith("~")
                || path.indexOf('\\') >= 0
                || path.matches("(?s)[A-Za-z]:.*")
                || List.of(path.split("/", -1)).contains("..");
    }
}
