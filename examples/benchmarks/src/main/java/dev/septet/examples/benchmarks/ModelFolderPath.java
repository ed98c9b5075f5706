package dev.septet.examples.benchmarks;

import java.io.IOException;

/** Prints the folder of a benchmark's model, for programs that are not Septet's. */
public final class ModelFolderPath {
    private ModelFolderPath() {}

    /** Usage: {@code ModelFolderPath GGUF}. */
    public static void main(String[] arguments) throws IOException {
        System.out.println(BenchmarkModel.folder(arguments[0]));
    }
}
