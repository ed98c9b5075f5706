package dev.septet.activities.train;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The training's objective, stored beside its ledger; missing when the pipeline file names none.
 */
public final class ObjectiveNote {
    private static final String FILE = "objective.json";

    private ObjectiveNote() {}

    static void write(Path ledger, @Nullable ObjectiveSpec objective) throws IOException {
        if (objective != null) {
            Files.writeString(
                    ledger.resolve(FILE),
                    SpecJson.mapper().writeValueAsString(objective) + "\n",
                    StandardCharsets.UTF_8);
        }
    }

    /** Reads it from the folder of a ledger. */
    public static Optional<ObjectiveSpec> read(Path ledger) throws IOException {
        Path file = ledger.resolve(FILE);
        return Files.exists(file)
                ? Optional.of(SpecJson.mapper().readValue(Files.readString(file), ObjectiveSpec.class))
                : Optional.empty();
    }
}
