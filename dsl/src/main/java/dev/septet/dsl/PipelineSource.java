package dev.septet.dsl;

import dev.septet.dsl.bind.PathRules;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The bytes of a pipeline file, and the rules for the paths in it. */
public final class PipelineSource {
    private final String name;
    private final byte[] bytes;
    private final PathRules paths;
    private final BackEndCheck backEnds;

    private PipelineSource(String name, byte[] bytes, PathRules paths, BackEndCheck backEnds) {
        this.name = name;
        this.bytes = bytes.clone();
        this.paths = paths;
        this.backEnds = backEnds;
    }

    /**
     * A file received over the network. Its paths are not checked on disk and may not leave the folder.
     *
     * @param name the file's name in problems
     */
    public static PipelineSource of(String name, byte[] bytes) {
        return new PipelineSource(name, bytes, PathRules.unseen(), BackEndCheck.NONE);
    }

    /** The same as {@link #of(String, byte[])}, from text. */
    public static PipelineSource of(String name, String text) {
        return of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same file, whose paths are resolved in this folder and may not leave it. */
    public PipelineSource inside(Path folder) {
        return new PipelineSource(name, bytes, PathRules.inside(folder), backEnds);
    }

    /** The same file, whose paths are resolved from this folder and may lead anywhere. */
    public PipelineSource anywhereFrom(Path folder) {
        return new PipelineSource(name, bytes, PathRules.anywhere(folder), backEnds);
    }

    /** The same file, with further folders that the workers are known to read from. */
    public PipelineSource reading(List<Path> folders) {
        return new PipelineSource(name, bytes, paths.reading(folders), backEnds);
    }

    /** The same file, with what is known about its workers' back ends. */
    public PipelineSource training(BackEndCheck check) {
        return new PipelineSource(name, bytes, paths, check);
    }

    /** The same file, with another name in problems. */
    public PipelineSource named(String other) {
        return new PipelineSource(other, bytes, paths, backEnds);
    }

    /** The file's name in problems. */
    public String name() {
        return name;
    }

    /** The text of the file. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    PathRules paths() {
        return paths;
    }

    BackEndCheck backEnds() {
        return backEnds;
    }
}
