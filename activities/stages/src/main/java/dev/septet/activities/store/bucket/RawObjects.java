package dev.septet.activities.store.bucket;

import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whole files below an address of an object store, for backups. */
public final class RawObjects {
    private final S3Objects objects;

    private RawObjects(S3Objects objects) {
        this.objects = objects;
    }

    /** The files below an address, with the access keys of these environment variables. */
    public static RawObjects of(S3Address at, Map<String, String> environment) {
        return new RawObjects(new S3Objects(S3Connection.of(environment), at));
    }

    /** The address that names are below. */
    public S3Address at() {
        return objects.at();
    }

    /** Files whose names begin with a prefix, sorted by name. */
    public List<Storage.Used> list(String prefix) throws IOException {
        return objects.entries(prefix);
    }

    /** A file's bytes; empty when it does not exist. */
    public Optional<InputStream> open(String name) throws IOException {
        try {
            return Optional.of(objects.sent(
                    name,
                    s3 -> s3.getObject(request -> request.bucket(at().bucket()).key(at().key(name)))));
        } catch (ObjectStoreException failure) {
            if (failure.status() == 404 && !failure.bucketIsMissing()) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Writes a file; the server checks the bytes against the digest. */
    public void put(String name, Path file, String sha256) throws IOException {
        new S3Upload(objects).sendAlone(name, file, new Manifest.Entry(name, sha256, Files.size(file)));
    }

    /** Removes a file; does nothing when it does not exist. */
    public void delete(String name) throws IOException {
        objects.delete(name);
    }
}
