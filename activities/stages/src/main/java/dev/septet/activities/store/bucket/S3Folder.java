package dev.septet.activities.store.bucket;

import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Files below an address with their own names. A folder is complete when its manifest exists, which
 * is written last. It is for external readers of a bucket; artifacts are in {@link S3Store}.
 */
public final class S3Folder {
    private static final int TRIES = 5;

    private final S3Client client;
    private final S3Address at;
    private final S3Objects objects;

    public S3Folder(S3Client client, S3Address at) {
        this.client = client;
        this.at = at;
        this.objects = new S3Objects(client, at);
    }

    /** The folder's address. */
    public S3Address at() {
        return at;
    }

    /**
     * Uploads files below a prefix, then their manifest. Existing files stay.
     *
     * @param prefix ends in {@code /}
     * @param files path of each file on this machine, by its path below the prefix
     */
    public void put(String prefix, Map<String, Path> files) throws IOException {
        Manifest manifest = Manifest.of(files);
        objects.delete(prefix + Manifest.FILE); // with a damaged manifest, a partial folder would count as complete
        for (Manifest.Entry entry : manifest.files()) {
            Path file = files.get(entry.path());
            if (file != null && !same(prefix, entry)) {
                new S3Upload(objects).send(prefix + entry.path(), file, entry, true);
            }
        }
        replace(prefix + Manifest.FILE, manifest.bytes());
    }

    /** The manifest of a complete folder; empty when it is missing or invalid. */
    public Optional<Manifest> manifest(String prefix) throws IOException {
        Optional<String> text = text(prefix + Manifest.FILE);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Manifest.parse(Path.of(Manifest.FILE), text.get().getBytes(StandardCharsets.UTF_8)));
        } catch (CorruptArtifactException damaged) {
            return Optional.empty();
        }
    }

    /**
     * Whether a folder is complete. Each object must have the size in the manifest, and its sha256
     * if the server knows the sha256 of the whole object.
     */
    public boolean holds(String prefix) throws IOException {
        Optional<Manifest> manifest = manifest(prefix);
        if (manifest.isEmpty()) {
            return false;
        }
        for (Manifest.Entry entry : manifest.get().files()) {
            if (!same(prefix, entry)) {
                return false;
            }
        }
        return true;
    }

    /** A small object's text. */
    public Optional<String> text(String name) throws IOException {
        return objects.read(name).map(S3Objects.Stored::text);
    }

    /** Writes a small object unconditionally; readers see the old bytes or the new ones. */
    public void replace(String name, byte[] bytes) throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            if (objects.putIf(name, bytes, objects.etag(name)) != null) {
                return;
            }
        }
        throw new IOException("%s%s lost every conditional write to another writer; try again".formatted(at, name));
    }

    /** Removes an object; does nothing when it does not exist. */
    public void delete(String name) throws IOException {
        objects.delete(name);
    }

    /** Removes all objects below a prefix. */
    public void deleteAll(String prefix) throws IOException {
        for (String name : objects.names(prefix)) {
            objects.delete(name);
        }
    }

    /** Names directly below a prefix, of objects and of folders, sorted. */
    public List<String> names(String prefix) throws IOException {
        String start = at.key(prefix);
        return objects.sent(prefix, s3 -> {
            TreeSet<String> names = new TreeSet<>();
            s3.listObjectsV2Paginator(
                            request -> request.bucket(at.bucket()).prefix(start).delimiter("/"))
                    .forEach(page -> {
                        for (S3Object object : page.contents()) {
                            names.add(object.key().substring(start.length()));
                        }
                        for (CommonPrefix folder : page.commonPrefixes()) {
                            names.add(folder.prefix().substring(start.length()).replaceAll("/$", ""));
                        }
                    });
            names.remove("");
            return List.copyOf(names);
        });
    }

    private boolean same(String prefix, Manifest.Entry entry) throws IOException {
        String name = prefix + entry.path();
        Optional<HeadObjectResponse> stored = head(name);
        if (stored.isEmpty() || stored.get().contentLength() != entry.sizeBytes()) {
            return false;
        }
        String sum = stored.get().checksumSHA256();
        // the checksum of a multipart object ends in the number of parts and is not comparable
        return whole(sum) == null || S3Objects.base64(entry.sha256()).equals(sum);
    }

    private Optional<HeadObjectResponse> head(String name) throws IOException {
        try {
            return Optional.of(objects.sent(
                    name,
                    s3 -> client.headObject(request ->
                            request.bucket(at.bucket()).key(at.key(name)).checksumMode(ChecksumMode.ENABLED))));
        } catch (ObjectStoreException failure) {
            if (failure.status() == 404 && !failure.bucketIsMissing()) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static @Nullable String whole(@Nullable String sum) {
        return sum == null || sum.contains("-") ? null : sum;
    }
}
