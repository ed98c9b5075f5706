package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.TrainingWarning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The warnings beside a training's ledger, one JSON object per line; no file without warnings. */
public final class WarningsFile {
    private static final String FILE = "warnings.jsonl";

    private WarningsFile() {}

    /** Writes them into the folder of a ledger. */
    public static void write(Path ledger, List<TrainingWarning> warnings) throws IOException {
        if (warnings.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (TrainingWarning warning : warnings) {
            text.append(SpecJson.mapper().writeValueAsString(warning)).append('\n');
        }
        Files.writeString(ledger.resolve(FILE), text, StandardCharsets.UTF_8);
    }

    /** Reads them from the folder of a ledger. */
    public static List<TrainingWarning> read(Path ledger) throws IOException {
        List<TrainingWarning> warnings = new ArrayList<>();
        if (Files.isRegularFile(ledger.resolve(FILE))) {
            for (String line : Files.readAllLines(ledger.resolve(FILE))) {
                warnings.add(SpecJson.mapper().readValue(line, TrainingWarning.class));
            }
        }
        return warnings;
    }
}
