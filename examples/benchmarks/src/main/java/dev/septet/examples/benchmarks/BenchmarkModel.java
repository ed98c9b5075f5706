package dev.septet.examples.benchmarks;

import dev.septet.activities.basemodel.GgufModels;
import java.io.IOException;
import java.nio.file.Path;

/** The model of a benchmark, given as a GGUF file. */
public final class BenchmarkModel {
    private BenchmarkModel() {}

    /**
     * The model folder for the file. It is converted like a pipeline's base model, once for all
     * benchmarks.
     */
    public static Path folder(String file) throws IOException {
        return GgufModels.of(System.getenv(), Path.of(System.getProperty("user.home")))
                .folder(Path.of(file));
    }
}
