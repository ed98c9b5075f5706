package com.example.words;

import dev.septet.activities.notify.ChannelExtension;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.workflows.notify.Notice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * Appends each notice to a file of JSON lines. A pipeline chooses the file's name only. Its folder
 * is the operator's choice: {@code notices} in {@code own-words.properties} beside the jar.
 */
public final class NoticeBoard implements ChannelExtension {
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
                OperatorFolder.of("notices", "board").resolve(name + ".jsonl"),
                line.toByteArray(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
