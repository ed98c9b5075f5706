package dev.septet.activities.store.bucket;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.ContentStore;
import dev.septet.activities.store.Copies;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileSets;
import dev.septet.activities.store.Scratch;
import dev.septet.activities.store.StoredFiles;
import java.nio.file.Path;
import java.time.Clock;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The store in a bucket, shared by machines that share nothing else.
 *
 * <pre>
 * blobs/&lt;sha256&gt;                     a file, named by its content
 * artifacts/&lt;sha256&gt;/manifest.json   sha256 of these bytes is the name; written after its blobs
 * checkpoints/&lt;scope&gt;/...            see {@link BucketSets}
 * records/&lt;name&gt;.record              small texts, each with a stamp of the commit that wrote it
 * fences/&lt;scope&gt;.json                see {@link S3Fences}
 * encrypted                          there are keys, and their checks
 * </pre>
 *
 * On this machine: scratch and verified copies ({@link Copies}). With keys, what is in the bucket is
 * encrypted.
 */
public final class S3Store extends ContentStore {
    /**
     * A store.
     *
     * @param local folder of this machine for copies and scratch
     */
    public S3Store(S3Client client, S3Address at, Path local, AtRest atRest, Disk disk, Clock clock) {
        super(parts(new S3Objects(client, at), local.toAbsolutePath().normalize(), atRest, disk, clock));
    }

    private static Parts parts(S3Objects objects, Path local, AtRest atRest, Disk disk, Clock clock) {
        AtRestEncryption encryption = atRest.encryption();
        Scratch scratch = new Scratch(atRest.scratch() == null ? local.resolve("scratch") : atRest.scratch(), disk);
        BucketStorage storage = new BucketStorage(objects);
        StoredFiles stored = new StoredFiles(encryption, disk, storage, true);
        Path machine = encryption.encrypts() ? null : local;
        Copies copies = new Copies(scratch, machine, disk, atRest.bound(), clock);
        FileSets sets = new BucketSets(objects, storage.fences(), stored, copies, scratch, disk);
        return new Parts(storage, stored, sets, scratch, scratch, local.resolve("locks"), disk);
    }
}
