package dev.septet.activities.store.bucket;

import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * Uploads files with names that are derived from their digests. The server checks the received
 * bytes against a digest in the request. A large file is uploaded in parts. Parts that an earlier
 * attempt uploaded, here or on another machine, are not sent again: equal names have equal content,
 * so any process can complete an upload.
 */
final class S3Upload {
    private static final long MIB = 1 << 20;

    /** S3 allows 10,000 parts per object. */
    private static final long MAX_PARTS = 9_000;

    private final S3Objects objects;
    private final long part;

    S3Upload(S3Objects objects) {
        this(objects, 32 * MIB);
    }

    /**
     * An upload with another part size.
     *
     * @param part part size in bytes; S3 requires at least 5 MiB for all parts but the last
     */
    S3Upload(S3Objects objects, long part) {
        this.objects = objects;
        this.part = part;
    }

    /**
     * Uploads a file, unless it exists.
     *
     * @param always upload even when an object of this size exists, because its bytes are damaged
     */
    void send(String name, Path file, Manifest.Entry entry, boolean always) throws IOException {
        if (!always && holds(name, entry)) {
            return;
        }
        if (entry.sizeBytes() <= part) {
            sendWhole(name, file, entry);
            return;
        }
        Optional<String> pending = pending(name);
        sendParts(name, pending.isPresent() ? pending.get() : begin(name), file, entry);
    }

    /**
     * Uploads a file whose bytes are unique to this process, such as an encrypted one. It does not
     * continue another process's upload.
     */
    void sendAlone(String name, Path file, Manifest.Entry entry) throws IOException {
        if (entry.sizeBytes() <= part) {
            sendWhole(name, file, entry);
            return;
        }
        String upload = begin(name);
        try {
            sendParts(name, upload, file, entry);
        } catch (IOException failure) {
            abort(name, upload); // no other process can complete it
            throw failure;
        }
    }

    private void sendWhole(String name, Path file, Manifest.Entry entry) throws IOException {
        objects.sent(
                name,
                s3 -> s3.putObject(
                        request -> request.bucket(objects.at().bucket())
                                .key(objects.at().key(name))
                                .checksumSHA256(S3Objects.base64(entry.sha256())),
                        RequestBody.fromFile(file)));
    }

    /** Whether an object of the file's size exists; its name identifies the content. */
    boolean holds(String name, Manifest.Entry entry) throws IOException {
        Optional<HeadObjectResponse> stored = objects.head(name);
        return stored.isPresent() && stored.get().contentLength() == entry.sizeBytes();
    }

    private void sendParts(String name, String upload, Path file, Manifest.Entry entry) throws IOException {
        long size = Math.max(part, (entry.sizeBytes() + MAX_PARTS - 1) / MAX_PARTS);
        try {
            complete(name, upload, parts(name, upload, file, entry, size));
        } catch (ObjectStoreException failure) {
            // Another process with the same bytes has completed this upload.
            if (failure.status() != 404 || !holds(name, entry)) {
                throw failure;
            }
        }
    }

    private List<CompletedPart> parts(String name, String upload, Path file, Manifest.Entry entry, long size)
            throws IOException {
        Map<Integer, Part> stored = received(name, upload);
        List<CompletedPart> parts = new ArrayList<>();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long from = 0; from < entry.sizeBytes(); from += size) {
                int number = parts.size() + 1;
                byte[] bytes = read(in, from, (int) Math.min(size, entry.sizeBytes() - from));
                String sum = S3Objects.base64(Sha256.of(bytes));
                Part known = stored.get(number);
                String etag = known != null && known.size() == bytes.length && sum.equals(known.checksumSHA256())
                        ? known.eTag()
                        : sendPart(name, upload, number, bytes, sum);
                parts.add(CompletedPart.builder()
                        .partNumber(number)
                        .eTag(etag)
                        .checksumSHA256(sum)
                        .build());
            }
        }
        return parts;
    }

    private String sendPart(String name, String upload, int number, byte[] bytes, String sum) throws IOException {
        return objects.sent(
                name,
                s3 -> s3.uploadPart(
                                request -> request.bucket(objects.at().bucket())
                                        .key(objects.at().key(name))
                                        .uploadId(upload)
                                        .partNumber(number)
                                        .checksumSHA256(sum),
                                RequestBody.fromBytes(bytes))
                        .eTag());
    }

    private void abort(String name, String upload) {
        try {
            objects.sent(
                    name,
                    s3 -> s3.abortMultipartUpload(
                            request -> request.bucket(objects.at().bucket())
                                    .key(objects.at().key(name))
                                    .uploadId(upload)));
        } catch (IOException failure) {
            // The bucket's lifecycle rule removes it.
        }
    }

    private String begin(String name) throws IOException {
        return objects.sent(
                name,
                s3 -> s3.createMultipartUpload(
                                request -> request.bucket(objects.at().bucket())
                                        .key(objects.at().key(name))
                                        .checksumAlgorithm(ChecksumAlgorithm.SHA256))
                        .uploadId());
    }

    /** An upload of this name that was started, but neither completed nor aborted. */
    private Optional<String> pending(String name) throws IOException {
        String key = objects.at().key(name);
        return objects.sent(
                name,
                s3 -> s3
                        .listMultipartUploadsPaginator(
                                request -> request.bucket(objects.at().bucket()).prefix(key))
                        .uploads()
                        .stream()
                        .filter(upload -> upload.key().equals(key))
                        .map(MultipartUpload::uploadId)
                        .sorted()
                        .findFirst());
    }

    private Map<Integer, Part> received(String name, String upload) throws IOException {
        return objects.sent(name, s3 -> {
            Map<Integer, Part> parts = new HashMap<>();
            s3.listPartsPaginator(request -> request.bucket(objects.at().bucket())
                            .key(objects.at().key(name))
                            .uploadId(upload))
                    .parts()
                    .forEach(part -> parts.put(part.partNumber(), part));
            return parts;
        });
    }

    private void complete(String name, String upload, List<CompletedPart> parts) throws IOException {
        objects.sent(
                name,
                s3 -> s3.completeMultipartUpload(request -> request.bucket(
                                objects.at().bucket())
                        .key(objects.at().key(name))
                        .uploadId(upload)
                        .multipartUpload(
                                CompletedMultipartUpload.builder().parts(parts).build())));
    }

    private static byte[] read(FileChannel in, long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            if (in.read(left, from + left.position()) < 0) {
                throw new IOException("a file became shorter while it was sent to the store");
            }
        }
        return bytes;
    }
}
