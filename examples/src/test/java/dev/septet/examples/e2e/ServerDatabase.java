package dev.septet.examples.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a server has on disk: its database and what is not yet in it.
 *
 * @param file the database
 */
record ServerDatabase(Path file) {
    /** Whether these characters are anywhere in it. */
    boolean holds(String text) throws IOException {
        return in(file, text) || in(file.resolveSibling(file.getFileName() + "-wal"), text);
    }

    private static boolean in(Path file, String text) throws IOException {
        // As characters of one byte each, so that every byte is looked at.
        return Files.exists(file) && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    }
}
