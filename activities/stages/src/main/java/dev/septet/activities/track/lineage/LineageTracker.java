package dev.septet.activities.track.lineage;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.track.run.TrackedFiles;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.Tracker;
import dev.septet.activities.track.server.TrackerClient;
import dev.septet.activities.track.server.TrackerClient.Refused;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Sends OpenLineage events to a server, or writes them into a file for each run. */
public final class LineageTracker {
    private static final String PATH = "/api/v1/lineage";

    private LineageTracker() {}

    /**
     * Sends each event to a server. The store has the number of events that the server has, so a repeated activity sends only
     * what is new. If Septet is killed between an answer and that record, one event is sent again; it is the same event.
     *
     * @param record name of the store's record for this tracker of the run
     */
    public static Tracker server(
            TrackerClient client, String namespace, ArtifactStore store, Fence fence, String record) {
        return run -> {
            List<Map<String, Object>> events = LineageEvents.of(run, namespace);
            int sent = store.record(record).map(Integer::parseInt).orElse(0);
            for (int at = sent; at < events.size(); at++) {
                try {
                    client.order(PATH, SpecJson.mapper().writeValueAsBytes(events.get(at)));
                } catch (Refused refused) {
                    throw refused.problem();
                }
                store.putRecord(record, Integer.toString(at + 1), fence);
            }
            return client.tracker().url() + PATH;
        };
    }

    /** Writes all events into {@code RUN.ndjson}, one in each line. */
    public static Tracker folder(Path folder, String namespace, Path scratch) {
        return run -> {
            Path file = folder.resolve(run.folder() + ".ndjson");
            TrackedFiles.replace(file, lines(run, namespace), scratch);
            return file.toString();
        };
    }

    private static byte[] lines(TrackedRun run, String namespace) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Map<String, Object> event : LineageEvents.of(run, namespace)) {
            lines.writeBytes(SpecJson.mapper().writeValueAsBytes(event));
            lines.write('\n');
        }
        return lines.toByteArray();
    }
}
