package dev.septet.activities.track.wandb;

import dev.septet.activities.track.run.TrackedFiles;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.TrackedRun.TrackedFile;
import dev.septet.activities.track.run.Tracker;
import dev.septet.workflows.track.RunMoment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes an offline run for {@code wandb sync} when a run has ended: the upload of half a run could not be completed later.
 *
 * @param folder where each run has a folder
 * @param project name of the project; empty = the pipeline's
 * @param scratch a folder of this attempt
 */
public record WandbTracker(Path folder, String project, Path scratch) implements Tracker {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Override
    public String send(TrackedRun run) throws IOException {
        String id = run.folder();
        Path own = folder.resolve("offline-run-%s-%s"
                .formatted(TIME.format(Instant.ofEpochMilli(run.moment().startedMillis())), id));
        if (run.moment().state() != RunMoment.State.RUNNING) {
            for (TrackedFile file : run.files()) {
                TrackedFiles.replace(own.resolve("files").resolve(file.name()), file.bytes(), scratch);
            }
            byte[] content = OfflineRun.of(run, project.isEmpty() ? run.pipeline() : project);
            TrackedFiles.replace(own.resolve("run-%s.wandb".formatted(id)), content, scratch);
        }
        return own.toString();
    }
}
