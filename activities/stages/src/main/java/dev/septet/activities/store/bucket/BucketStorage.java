package dev.septet.activities.store.bucket;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Storage;
import dev.septet.activities.store.StoreNames;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Texts in a bucket, one object for each, written under {@link S3Fences}. A record is stored with
 * stamps, which make the bytes of each write unique. Manifests need no stamps, because the name of
 * a manifest identifies its content.
 */
final class BucketStorage implements Storage {
    private final S3Objects objects;
    private final S3Fences fences;

    /**
     * The stored form of a record.
     *
     * @param stamps of the commit that wrote it and of earlier commits, newest first. A commit
     *     whose write was replaced immediately finds its stamp here, and so knows that it was
     *     written
     */
    private record Stamped(String text, List<String> stamps) {
        static final int MAX = 50;
    }

    BucketStorage(S3Objects objects) {
        this.objects = objects;
        this.fences = new S3Fences(objects);
    }

    @Override
    public S3Fences fences() {
        return fences;
    }

    @Override
    public String at(String name) {
        return objects.at() + name;
    }

    @Override
    public Optional<String> get(String name) throws IOException {
        Optional<S3Objects.Stored> object = objects.read(name);
        return object.isEmpty()
                ? Optional.empty()
                : Optional.of(text(name, object.get().text()));
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return objects.names(folder);
    }

    @Override
    public void put(String name, String text, Fence fence) throws IOException {
        fences.commit(fence, name, (stamp, before) -> isStamped(name) ? stamped(text, stamp, before) : text);
    }

    /** Only for records: their stamps show whether a write succeeded whose response was lost. */
    @Override
    public boolean putIf(String name, Expected expected, String text, Fence fence) throws IOException {
        return fences.commitIf(
                fence,
                name,
                now -> expected.test(now.isEmpty() ? now : Optional.of(text(name, now.get()))),
                (stamp, before) -> stamped(text, stamp, before),
                (now, stamp) -> parsed(name, now).stamps().contains(stamp));
    }

    @Override
    public List<Used> entries(String folder) throws IOException {
        return objects.entries(folder);
    }

    /** Writes the record again with another stamp, so that a removal with the etag of before does nothing. */
    @Override
    public boolean renew(String name) throws IOException {
        Optional<HeadObjectResponse> head = objects.head(name);
        if (head.isEmpty() || !Used.isStale(head.get().lastModified())) {
            return head.isPresent();
        }
        Optional<S3Objects.Stored> stored = objects.read(name);
        if (stored.isEmpty()) {
            return false;
        }
        String again = isStamped(name)
                ? stamped(
                        text(name, stored.get().text()),
                        UUID.randomUUID().toString(),
                        stored.get().text())
                : stored.get().text();
        // A changed etag means that another writer has just written it.
        return objects.rewrite(
                        name,
                        again.getBytes(StandardCharsets.UTF_8),
                        stored.get().etag())
                || objects.etag(name) != null;
    }

    @Override
    public boolean removeIf(String name, Instant before, Fence fence) throws IOException {
        fences.check(fence);
        Optional<HeadObjectResponse> head = objects.head(name);
        if (head.isEmpty()) {
            return true;
        }
        if (!head.get().lastModified().isBefore(before)) {
            return false;
        }
        objects.deleteIf(name, head.get().eTag());
        return objects.etag(name) == null;
    }

    @Override
    public boolean putIf(String name, Optional<String> expected, String text) throws IOException {
        Optional<S3Objects.Stored> stored = objects.read(name);
        if (!stored.map(S3Objects.Stored::text).equals(expected)) {
            return false;
        }
        String etag = stored.map(S3Objects.Stored::etag).orElse(null);
        return objects.putIf(name, text.getBytes(StandardCharsets.UTF_8), etag) != null;
    }

    private String text(String name, String object) throws CorruptArtifactException {
        return isStamped(name) ? parsed(name, object).text() : object;
    }

    private static boolean isStamped(String name) {
        return StoreNames.recordName(name).isPresent();
    }

    private Stamped parsed(String name, String object) throws CorruptArtifactException {
        try {
            return SpecJson.mapper().readValue(object, Stamped.class);
        } catch (JsonProcessingException e) {
            throw new CorruptArtifactException(at(name) + ": is not a record");
        }
    }

    private static String stamped(String text, String stamp, @Nullable String before) {
        List<String> stamps = new ArrayList<>(List.of(stamp));
        try {
            if (before != null) {
                stamps.addAll(SpecJson.mapper().readValue(before, Stamped.class).stamps());
            }
            int max = Math.min(stamps.size(), Stamped.MAX);
            return SpecJson.mapper().writeValueAsString(new Stamped(text, stamps.subList(0, max)));
        } catch (JsonProcessingException damaged) {
            return stamped(text, stamp, null); // an unreadable record is replaced
        }
    }
}
