package dev.septet.dsl.pipeline.track;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * A folder of event files that TensorBoard reads.
 *
 * @param path the folder; each run has a folder in it
 */
public record TensorBoardSpec(String path) implements TrackerSpec {
    public TensorBoardSpec {
        require(!path.isBlank(), "tensorboard needs a folder");
    }

    @Override
    public String written() {
        return "tensorboard('" + path + "')";
    }

    @Override
    public boolean writesFiles() {
        return true;
    }
}
