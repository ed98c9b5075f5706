package dev.septet.activities.source.bucket;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PathPattern;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FileModes;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Downloads the dataset files of a bucket, in the order of the code points of their keys. Objects of "folders" below
 * and hidden names are not read. An object that changes between the listing and the end of its download is a failure.
 */
public final class BucketFiles {
    /** The largest number of files of a source. */
    static final int MAX_FILES = 100_000;

    /** The largest number of keys that are listed, of which a source may use a part. */
    private static final int MAX_LISTED = 1_000_000;

    /** Free space that stays beside the downloaded files. */
    private static final long SPARE_BYTES = 64L << 20;

    private static final Comparator<ListedObject> CODE_POINTS = (a, b) ->
            Arrays.compare(a.key().codePoints().toArray(), b.key().codePoints().toArray());

    private final DeclaredBuckets declared;

    /**
     * @param declared the buckets that pipelines may read
     */
    public BucketFiles(DeclaredBuckets declared) {
        this.declared = declared;
    }

    /**
     * A downloaded object.
     *
     * @param path its copy
     * @param name its name in messages and rows
     */
    public record Downloaded(Path path, String name) {}

    /** Receives the progress of the downloads. It may throw to cancel them. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param done downloaded bytes
         * @param total bytes of all objects
         */
        void at(long done, long total);
    }

    /**
     * Downloads the objects of a source.
     *
     * @param pipeline the pipeline that reads them
     * @param folder a private folder for the copies
     * @throws StageProblem when the operator does not allow it, no object has such a key, or the bucket cannot be read
     */
    public List<Downloaded> download(BucketFilesSpec source, String pipeline, Path folder, Listener listener)
            throws IOException {
        String beginning = beginning(source.path());
        DeclaredBucket bucket = declared.bucket(source, pipeline, beginning);
        BucketProblem problems = new BucketProblem(bucket);
        try (S3Client client = bucket.client(declared.environment())) {
            List<ListedObject> objects = DatasetFiles.several(source.path())
                    ? listed(client, bucket, source, beginning, problems)
                    : List.of(single(client, bucket, source.path(), problems));
            long total = objects.stream().mapToLong(ListedObject::size).sum();
            requireSpace(folder, total, source);
            ObjectDownload download = new ObjectDownload(client, bucket, problems);
            List<Downloaded> files = new ArrayList<>();
            long[] done = new long[1];
            LongConsumer more = bytes -> listener.at(done[0] += bytes, total);
            for (ListedObject object : objects) {
                // The key of an object may be no name of a file, or one that leaves the folder.
                Path file =
                        FileModes.OWNER.folder(folder).resolve(String.format(Locale.ROOT, "object-%06d", files.size()));
                download.fetch(object, file, more);
                files.add(new Downloaded(file, "s3:%s/%s".formatted(source.bucket(), object.key())));
            }
            return files;
        }
    }

    /** The part of a path up to its first wildcard. */
    private static String beginning(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '*' && path.charAt(end) != '?') {
            end++;
        }
        return path.substring(0, end);
    }

    private static ListedObject single(S3Client client, DeclaredBucket bucket, String key, BucketProblem problems) {
        try {
            HeadObjectResponse found =
                    client.headObject(request -> request.bucket(bucket.bucket()).key(key));
            return new ListedObject(key, found.contentLength(), found.eTag());
        } catch (NoSuchKeyException none) {
            throw problems.of(
                    key,
                    hasBucket(client, bucket)
                            ? none
                            : NoSuchBucketException.builder()
                                    .statusCode(none.statusCode())
                                    .awsErrorDetails(AwsErrorDetails.builder()
                                            .errorCode("NoSuchBucket")
                                            .build())
                                    .build());
        } catch (SdkException failure) {
            throw problems.of(key, failure);
        }
    }

    /** The response to a request for an object's metadata does not say what is missing. */
    private static boolean hasBucket(S3Client client, DeclaredBucket bucket) {
        try {
            client.headBucket(request -> request.bucket(bucket.bucket()));
            return true;
        } catch (NoSuchBucketException none) {
            return false;
        } catch (SdkException unknown) {
            return true;
        }
    }

    private static List<ListedObject> listed(
            S3Client client, DeclaredBucket bucket, BucketFilesSpec source, String beginning, BucketProblem problems) {
        String folder = DatasetFiles.folder(source.path());
        String within = folder.isEmpty() ? "" : folder + "/";
        String last = source.path().substring(within.length());
        String pattern = last.isEmpty() ? "*" : last;
        List<ListedObject> found = new ArrayList<>();
        long listed = 0;
        try {
            for (ListObjectsV2Response page : client.listObjectsV2Paginator(
                    request -> request.bucket(bucket.bucket()).prefix(beginning).delimiter("/"))) {
                listed += page.contents().size();
                if (listed > MAX_LISTED) {
                    throw StageProblem.invalid(String.format(
                            Locale.ROOT,
                            "dataset '%s': more than %,d keys begin with '%s'; write a longer beginning",
                            name(source),
                            MAX_LISTED,
                            beginning));
                }
                for (S3Object object : page.contents()) {
                    String name = object.key()
                            .substring(Math.min(within.length(), object.key().length()));
                    boolean hidden = name.startsWith(".") && !pattern.startsWith(".");
                    if (!hidden && DatasetFiles.known(name) && PathPattern.matches(pattern, name)) {
                        found.add(new ListedObject(object.key(), object.size(), object.eTag()));
                    }
                }
                if (found.size() > MAX_FILES) {
                    throw StageProblem.invalid(String.format(
                            Locale.ROOT,
                            "dataset '%s': names more than %,d objects; use fewer, larger objects",
                            name(source),
                            MAX_FILES));
                }
            }
        } catch (SdkException failure) {
            throw problems.of(source.path(), failure);
        }
        if (found.isEmpty()) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "dataset '%s': no object of bucket %s at %s has such a key and an ending of a dataset, such as .jsonl; %,d keys begin with '%s'",
                    name(source),
                    bucket.bucket(),
                    bucket.service(),
                    listed,
                    beginning));
        }
        found.sort(CODE_POINTS);
        return found;
    }

    private static String name(BucketFilesSpec source) {
        return "s3:%s/%s".formatted(source.bucket(), source.path());
    }

    private static void requireSpace(Path folder, long bytes, BucketFilesSpec source) throws IOException {
        long free;
        try {
            free = Files.getFileStore(FileModes.OWNER.folder(folder)).getUsableSpace();
        } catch (IOException e) {
            throw DiskFullException.orSame(folder, e);
        }
        if (bytes > free - SPARE_BYTES) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    String.format(
                            Locale.ROOT,
                            "dataset '%s': its objects have %,d MB, but %,d MB are free for their copies; the run"
                                    + " continues when there is space",
                            name(source),
                            bytes >> 20,
                            free >> 20));
        }
    }
}
