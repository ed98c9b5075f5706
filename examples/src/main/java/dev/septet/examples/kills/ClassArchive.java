package dev.septet.examples.kills;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Classes as the JVM keeps them, so that a process starts in half the time. The first process that
 * ends by itself makes the archive. Where a folder is on the class path there is none: the JVM
 * archives classes of jars only.
 */
record ClassArchive(Path file) {
    /** For a process's command line. */
    List<String> options() {
        boolean folders = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .anyMatch(entry -> Files.isDirectory(Path.of(entry)));
        if (folders) {
            return List.of();
        }
        String option = Files.exists(file) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=";
        return List.of("-Xlog:disable", option + file);
    }
}
