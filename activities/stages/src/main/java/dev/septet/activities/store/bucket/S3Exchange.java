package dev.septet.activities.store.bucket;

import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Files below an address that another program reads and writes too, at the same time. */
public final class S3Exchange {
    private static final int TRIES = 3;
    private static final int BUFFER = 1 << 20;

    private final S3Client client;
    private final S3Address at;
    private final S3Objects objects;

    /**
     * An object as a listing showed it.
     *
     * @param name key below the address
     * @param etag changes whenever the object does
     */
    public record Item(String name, long size, String etag) {}

    public S3Exchange(S3Client client, S3Address at) {
        this.client = client;
        this.at = at;
        this.objects = new S3Objects(client, at);
    }

    /** The address that names are below. */
    public S3Address at() {
        return at;
    }

    /** The objects below a prefix. */
    public List<Item> list(String prefix) throws IOException {
        return objects.sent(prefix, s3 -> {
            List<Item> items = new ArrayList<>();
            s3.listObjectsV2Paginator(request -> request.bucket(at.bucket()).prefix(at.key(prefix))).contents().stream()
                    .filter(object -> !object.key().endsWith("/"))
                    .map(this::item)
                    .forEach(items::add);
            return items;
        });
    }

    private Item item(S3Object object) {
        return new Item(object.key().substring(at.prefix().length()), object.size(), object.eTag());
    }

    /** Uploads a file, in parts if it is large, and replaces what is there. */
    public void put(String name, Path file) throws IOException {
        new S3Upload(objects).sendAlone(name, file, Manifest.entry(name, file));
    }

    /**
     * Downloads an object, if it is still as the listing showed it.
     *
     * @param file is replaced
     * @return false when the object changed or is gone
     */
    public boolean get(Item item, Path file) throws IOException {
        for (int tries = 1; ; tries++) {
            try (InputStream in = objects.sent(
                    item.name(),
                    s3 -> client.getObject(request ->
                            request.bucket(at.bucket()).key(at.key(item.name())).ifMatch(item.etag())))) {
                if (copied(in, file) == item.size()) {
                    return true;
                }
            } catch (ObjectStoreException refused) {
                if (refused.bucketIsMissing() || (refused.status() != 404 && refused.status() != 412)) {
                    throw refused;
                }
                return false;
            } catch (SocketException | SocketTimeoutException broken) {
                if (tries == TRIES) {
                    throw broken;
                }
            }
            if (tries == TRIES) {
                return false;
            }
        }
    }

    private static long copied(InputStream in, Path file) throws IOException {
        try (OutputStream out = Channels.newOutputStream(FileModes.OWNER.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
            byte[] buffer = new byte[BUFFER];
            long all = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                try {
                    out.write(buffer, 0, read);
                } catch (IOException e) {
                    throw DiskFullException.orSame(file, e);
                }
                all += read;
            }
            return all;
        }
    }

    /** Removes the objects below a prefix. */
    public void clear(String prefix) throws IOException {
        for (Item item : list(prefix)) {
            objects.delete(item.name());
        }
    }
}
