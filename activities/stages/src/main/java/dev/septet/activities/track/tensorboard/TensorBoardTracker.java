package dev.septet.activities.track.tensorboard;

import dev.septet.activities.track.run.TrackedFiles;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.Tracker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes one event file for each run. A run is written whole each time, so that a kill leaves the old file or the new one.
 *
 * @param folder where each run has a folder
 * @param scratch a folder of this attempt
 */
public record TensorBoardTracker(Path folder, Path scratch) implements Tracker {
    private static final int SECOND = 1000;

    @Override
    public String send(TrackedRun run) throws IOException {
        Path own = folder.resolve(run.folder());
        String name = String.format(
                Locale.ROOT, "events.out.tfevents.%d.septet", run.moment().startedMillis() / SECOND);
        TrackedFiles.replace(own.resolve(name), EventFile.of(run), scratch);
        return own.toString();
    }
}
