package dev.septet.examples.kills;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The state of the benchmark, kept in a file so that several calls can share the work.
 *
 * @param undisturbed result line of the undisturbed training; null before it has ended
 * @param kills number of killed processes in all runs
 * @param insideSaves number of them that were killed during a save
 * @param runs number of completed trainings
 * @param equal number of them with the same bytes as the undisturbed training
 * @param underWay whether a run was killed and is not complete yet
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record KillTally(@Nullable String undisturbed, int kills, int insideSaves, int runs, int equal, boolean underWay) {
    private static final String FILE = "tally.json";

    static KillTally read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        return Files.exists(file)
                ? SpecJson.mapper().readValue(Files.readAllBytes(file), KillTally.class)
                : new KillTally(null, 0, 0, 0, 0, false);
    }

    void writeTo(Path folder) throws IOException {
        Path next = folder.resolve(FILE + ".next");
        Files.write(next, SpecJson.mapper().writeValueAsBytes(this));
        Files.move(next, folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
    }

    KillTally begun(String result) {
        return new KillTally(result, kills, insideSaves, runs, equal, underWay);
    }

    KillTally killed(boolean insideSave) {
        return new KillTally(undisturbed, kills + 1, insideSaves + (insideSave ? 1 : 0), runs, equal, true);
    }

    KillTally ended(String result) {
        int same = result.equals(undisturbed) ? 1 : 0;
        return new KillTally(undisturbed, kills, insideSaves, runs + 1, equal + same, false);
    }
}
