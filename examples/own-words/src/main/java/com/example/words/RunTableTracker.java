package com.example.words;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.track.TrackerExtension;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * Keeps one line for each run in a table: its state and its scores. A pipeline chooses the table's name only. Its folder is the
 * operator's choice: {@code runs} in {@code own-words.properties} beside the jar.
 */
public final class RunTableTracker implements TrackerExtension {
    @Override
    public ExtensionWord word() {
        return ExtensionWord.tracker(
                "runTable",
                "Keeps one line for each run in a table in the operator's folder.",
                WordOption.text("name", "The table's name: lower-case letters, digits and -.", null));
    }

    @Override
    public String send(ExtensionSpec used, TrackedRun run) throws IOException {
        String name = used.text("name");
        if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw StageProblem.invalid(
                    "runTable: a name has lower-case letters, digits and '-', got '%s'".formatted(name));
        }
        Path table = OperatorFolder.of("runs", "runTable").resolve(name + ".tsv");
        TreeMap<String, String> lines = new TreeMap<>();
        if (Files.exists(table)) {
            for (String line : Files.readAllLines(table)) {
                lines.put(line.substring(0, line.indexOf('\t')), line);
            }
        }
        lines.put(run.runId(), "%s\t%s\t%s".formatted(run.runId(), run.moment().state(), run.scores()));
        Files.write(table, lines.values());
        return table.toString();
    }
}
