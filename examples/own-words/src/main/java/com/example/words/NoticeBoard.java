package com.example.words;

import dev.septet.activities.notify.ChannelExtension;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.notify.Notice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

/**
 * Appends each notice to a file of JSON lines. A pipeline chooses the file's name only. Its folder
 * is the operator's choice: {@code notices} in {@code own-words.properties} beside the jar.
 */
public final class NoticeBoard implements ChannelExtension {
    private static final String SETTINGS = "own-words.properties";

    @Override
    public ExtensionWord word() {
        return ExtensionWord.channel(
                "board",
                "Appends each notice to a file of JSON lines in the operator's folder.",
                WordOption.text("name", "The file's name without .jsonl: lower-case letters, digits and -.", null));
    }

    @Override
    public void send(ExtensionSpec used, Notice notice, byte[] json) throws IOException {
        String name = used.text("name");
        if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw StageProblem.invalid(
                    "board: a name has lower-case letters, digits and '-', got '%s'".formatted(name));
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.write(json);
        line.write('\n');
        Files.write(
                folder().resolve(name + ".jsonl"),
                line.toByteArray(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static Path folder() throws IOException {
        Path settings = home().resolveSibling(SETTINGS);
        Properties properties = new Properties();
        if (Files.isRegularFile(settings)) {
            try (Reader in = Files.newBufferedReader(settings)) {
                properties.load(in);
            }
        }
        String folder = properties.getProperty("notices", "");
        if (folder.isBlank() || !Files.isDirectory(Path.of(folder))) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "board: the worker's operator names no folder of notices; write `notices=FOLDER` into %s"
                            .formatted(settings));
        }
        return Path.of(folder);
    }

    /** The jar, or the folder of classes. */
    private static Path home() throws IOException {
        try {
            return Path.of(NoticeBoard.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException("the jar has no place on this machine", e);
        }
    }
}
