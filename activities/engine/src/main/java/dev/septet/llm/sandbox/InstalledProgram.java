package dev.septet.llm.sandbox;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that this process was started from: its Java and its class path. A package manager that upgrades or removes the
 * program deletes them while the process runs. The process goes on, but it can start no child process from them.
 */
public final class InstalledProgram {
    private static final InstalledProgram OF_PROCESS =
            new InstalledProgram(Path.of(System.getProperty("java.home")), System.getProperty("java.class.path"));

    private final Path java;
    private final List<Path> classPath;

    /** A class path may name files that never were there. */
    private final List<Path> present;

    /** A program of a Java and a class path, whose relative paths are those of this process. */
    InstalledProgram(Path javaHome, String classPath) {
        this.java = javaHome.resolve("bin").resolve("java");
        this.classPath = Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
        this.present = this.classPath.stream().filter(Files::exists).toList();
    }

    /** The program of this process, as it was when this method was first called. */
    public static InstalledProgram ofProcess() {
        return OF_PROCESS;
    }

    /** A file of the program that is not there any more; empty while all are there. */
    public Optional<Path> missing() {
        return Stream.concat(Stream.of(java), present.stream())
                .filter(path -> !Files.exists(path))
                .findFirst();
    }

    /**
     * Requires all files of the program.
     *
     * @throws ReplacedProgramException naming a file that is gone
     */
    public void requirePresent() {
        Optional<Path> gone = missing();
        if (gone.isPresent()) {
            throw new ReplacedProgramException(gone.get());
        }
    }

    Path java() {
        return java;
    }

    /** The class path with absolute paths, because a child process has another working directory. */
    String classPath() {
        return classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
