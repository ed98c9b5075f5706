package dev.septet.examples.kills;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A class data sharing archive of the JVM, with which a process starts in half the time. The first
 * process that ends normally creates the archive. With a folder on the class path there is no
 * archive, because the JVM archives only classes from jars.
 */
record ClassArchive(Path file) {
    /** The JVM options for a process. */
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
