package com.example.words;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.Reader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Folders that the operator chooses, in {@code own-words.properties} beside the jar. */
final class OperatorFolder {
    private static final String SETTINGS = "own-words.properties";

    private OperatorFolder() {}

    /**
     * The folder under a name of the properties file.
     *
     * @param word for the message
     * @throws StageProblem POLICY_DENIED when the operator names none
     */
    static Path of(String name, String word) throws IOException {
        Path settings = home().resolveSibling(SETTINGS);
        Properties properties = new Properties();
        if (Files.isRegularFile(settings)) {
            try (Reader in = Files.newBufferedReader(settings)) {
                properties.load(in);
            }
        }
        String folder = properties.getProperty(name, "");
        if (folder.isBlank() || !Files.isDirectory(Path.of(folder))) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s: the worker's operator names no folder of %s; write `%s=FOLDER` into %s"
                            .formatted(word, name, name, settings));
        }
        return Path.of(folder);
    }

    /** The jar, or the folder of classes. */
    private static Path home() throws IOException {
        try {
            return Path.of(OperatorFolder.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException("the jar has no place on this machine", e);
        }
    }
}
