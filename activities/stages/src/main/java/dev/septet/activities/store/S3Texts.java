package dev.septet.activities.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The texts of an {@link S3Store}. */
record S3Texts(S3Objects objects) implements StoredTexts {
    private static final String CHECKPOINT = ".manifest";

    @Override
    public void each(Visitor visitor) throws IOException {
        for (String folder : List.of("artifacts/", "checkpoints/", S3Store.RECORDS)) {
            for (String name : objects.names(folder)) {
                String place = place(name);
                if (place == null) {
                    continue;
                }
                Optional<S3Objects.Stored> object = objects.read(name);
                if (object.isPresent()) {
                    String stored = object.get().text();
                    String text = name.startsWith(S3Store.RECORDS) ? record(stored) : stored;
                    if (!visitor.visit(new Text(objects.at() + name, place, text))) {
                        return;
                    }
                }
            }
        }
    }

    private static @Nullable String place(String name) {
        List<String> parts = List.of(name.split("/", -1));
        String last = parts.get(parts.size() - 1);
        if (name.startsWith(S3Store.RECORDS)) {
            return name.endsWith(Records.SUFFIX)
                    ? StoredFiles.recordPlace(Records.name(
                            name.substring(S3Store.RECORDS.length(), name.length() - Records.SUFFIX.length())))
                    : null;
        }
        if (parts.size() != 3) {
            return null;
        }
        if (last.equals(Manifest.FILE)) {
            return StoredFiles.manifestPlace(parts.get(1));
        }
        return last.endsWith(CHECKPOINT)
                ? StoredFiles.checkpointPlace(
                        StoreNames.decoded(parts.get(1)), last.substring(0, last.length() - CHECKPOINT.length()))
                : null;
    }

    /** A record that cannot be parsed names no key. */
    private static String record(String stored) {
        try {
            return SpecJson.mapper().readValue(stored, S3Store.Stamped.class).text();
        } catch (JsonProcessingException damaged) {
            return stored;
        }
    }
}
