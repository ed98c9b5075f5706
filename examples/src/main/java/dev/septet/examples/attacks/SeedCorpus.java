package dev.septet.examples.attacks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * The valid files from which hostile inputs are derived: those of the checkout's examples and
 * tests.
 *
 * @param home the checkout
 */
record SeedCorpus(Path home) {
    private static final String LLM = "activities/engine/src/test/resources/dev/septet/llm/";

    /** A small model folder with a tokenizer and weights. */
    Path tinyModel() {
        return home.resolve(LLM + "format/tiny/base");
    }

    Path model() {
        return home.resolve("examples/quickstart/base-model");
    }

    Path llm(String name) {
        return home.resolve(LLM + name);
    }

    /** The files below a folder with this name ending, in the order of their names. */
    List<byte[]> files(String folder, String ending) {
        try (Stream<Path> files = Files.walk(home.resolve(folder))) {
            List<byte[]> found = files.filter(file -> file.toString().endsWith(ending))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .map(SeedCorpus::read)
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalStateException("no " + ending + " in " + home.resolve(folder));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a file. */
    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the files of a folder. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(String.valueOf(file.getFileName())), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Removes a folder with its content. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
