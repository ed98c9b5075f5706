package dev.septet.dsl;

import dev.septet.dsl.bind.PathRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A pipeline file's bytes, and where its paths may lead. */
public final class PipelineSource {
    private final String name;
    private final byte[] bytes;
    private final PathRules paths;

    private PipelineSource(String name, byte[] bytes, PathRules paths) {
        this.name = name;
        this.bytes = bytes.clone();
        this.paths = paths;
    }

    /**
     * A file that came over the wire: its paths are not looked up and may not leave the folder.
     *
     * @param name what problems call it
     */
    public static PipelineSource of(String name, byte[] bytes) {
        return new PipelineSource(name, bytes, PathRules.unseen());
    }

    /** As {@link #of(String, byte[])}, from text. */
    public static PipelineSource of(String name, String text) {
        return of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same file with its paths looked up in this folder, which they may not leave. */
    public PipelineSource inside(Path folder) {
        return new PipelineSource(name, bytes, PathRules.inside(folder));
    }

    /** The same file with its paths looked up from this folder on, wherever they lead. */
    public PipelineSource anywhereFrom(Path folder) {
        return new PipelineSource(name, bytes, PathRules.anywhere(folder));
    }

    /** The same file, where these further folders are known to be read from. */
    public PipelineSource reading(List<Path> folders) {
        return new PipelineSource(name, bytes, paths.reading(folders));
    }

    /** The same file, its problems reported under another name. */
    public PipelineSource named(String other) {
        return new PipelineSource(other, bytes, paths);
    }

    /** The name that problems are reported under. */
    public String name() {
        return name;
    }

    /** What the file says. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    PathRules paths() {
        return paths;
    }
}
