package dev.septet.llm.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A model's copy that differs where a test says so. */
public final class CopiedModel {
    private CopiedModel() {}

    /**
     * Writes it, with these tensors after the model's own.
     *
     * @return its folder
     */
    public static Path write(Path folder, ModelFolder model, ObjectNode config, TensorSource... more)
            throws IOException {
        List<TensorSource> tensors = Stream.concat(
                        model.tensors().values().stream().map(TensorSource::of), Stream.of(more))
                .toList();
        ModelFolderWriter.write(folder, config, tensors, model, Long.MAX_VALUE);
        return folder;
    }
}
