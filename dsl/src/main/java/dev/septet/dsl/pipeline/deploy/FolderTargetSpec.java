package dev.septet.dsl.pipeline.deploy;

/** A target that is a folder of versions. */
public interface FolderTargetSpec extends TargetSpec {
    /** The folder, relative to the pipeline file's folder. */
    String path();

    @Override
    default String place() {
        return path();
    }
}
