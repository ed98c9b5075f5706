package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Small objects below one address, and conditional writes, on which everything atomic here is
 * built. Names are keys without the address's prefix.
 */
public final class S3Objects {
    private final S3Client client;
    private final S3Address at;

    /**
     * An object's present state.
     *
     * @param etag changes whenever the object changes
     */
    public record Stored(String text, String etag) {}

    /** One request, whose SDK exceptions become sentences. */
    @FunctionalInterface
    interface Request<R> {
        R send(S3Client client) throws IOException;
    }

    public S3Objects(S3Client client, S3Address at) {
        this.client = client;
        this.at = at;
    }

    /** The address that the names are below. */
    public S3Address at() {
        return at;
    }

    /** The text of a small object. */
    public Optional<Stored> read(String name) throws IOException {
        return absentOr(name, s3 -> {
            var got = s3.getObjectAsBytes(request -> request.bucket(at.bucket()).key(at.key(name)));
            return new Stored(
                    new String(got.asByteArray(), StandardCharsets.UTF_8),
                    got.response().eTag());
        });
    }

    /** An object's metadata, without reading it. */
    Optional<HeadObjectResponse> head(String name) throws IOException {
        return absentOr(
                name, s3 -> s3.headObject(request -> request.bucket(at.bucket()).key(at.key(name))));
    }

    /** Present ETag, null when there is no such object. */
    public @Nullable String etag(String name) throws IOException {
        return head(name).map(HeadObjectResponse::eTag).orElse(null);
    }

    /**
     * Writes an object if it is unchanged since the caller read it.
     *
     * @param expected its ETag then; null = it did not exist
     * @return its new ETag; null when it has changed: then nothing was written, or a response was
     *     lost and the first of two requests wrote it
     */
    public @Nullable String putIf(String name, byte[] bytes, @Nullable String expected) throws IOException {
        try {
            return sent(
                    name,
                    s3 -> s3.putObject(
                                    request -> {
                                        request.bucket(at.bucket()).key(at.key(name));
                                        request.checksumSHA256(base64(Sha256.of(bytes)));
                                        if (expected == null) {
                                            request.ifNoneMatch("*");
                                        } else {
                                            request.ifMatch(expected);
                                        }
                                    },
                                    RequestBody.fromBytes(bytes))
                            .eTag());
        } catch (ObjectStoreException refused) {
            // 412: it differs. 409: another request is writing it now. 404: it existed and is gone.
            if (List.of(412, 409, 404).contains(refused.status()) && !refused.bucketIsMissing()) {
                return null;
            }
            throw refused;
        }
    }

    /** Names with a prefix, in byte order. */
    public List<String> names(String prefix) throws IOException {
        return sent(
                prefix,
                s3 -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(at.bucket()).prefix(at.key(prefix)))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .filter(key -> !key.endsWith("/")) // consoles create such "folders"
                        .map(key -> key.substring(at.prefix().length()))
                        .sorted()
                        .toList());
    }

    /** Removes an object; does nothing when it does not exist. */
    public void delete(String name) throws IOException {
        sent(name, s3 -> s3.deleteObject(request -> request.bucket(at.bucket()).key(at.key(name))));
    }

    /**
     * Removes an object if it is unchanged since the caller read it. Servers without conditional
     * deletes remove it in any case.
     */
    void deleteIf(String name, String etag) throws IOException {
        try {
            sent(
                    name,
                    s3 -> s3.deleteObject(request ->
                            request.bucket(at.bucket()).key(at.key(name)).ifMatch(etag)));
        } catch (ObjectStoreException refused) {
            if (refused.status() == 501) {
                delete(name);
            } else if (!List.of(412, 409, 404).contains(refused.status())) {
                throw refused;
            }
        }
    }

    /** Names with a prefix whose objects were last written before a time. */
    List<String> olderThan(String prefix, Instant time) throws IOException {
        return sent(
                prefix,
                s3 -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(at.bucket()).prefix(at.key(prefix)))
                        .contents()
                        .stream()
                        .filter(object -> object.lastModified().isBefore(time))
                        .map(object -> object.key().substring(at.prefix().length()))
                        .sorted()
                        .toList());
    }

    /** Sends a request; failures become {@link ObjectStoreException}. */
    <R> R sent(String name, Request<R> request) throws IOException {
        try {
            return request.send(client);
        } catch (SdkException failure) {
            throw ObjectStoreException.of(at, name, failure);
        }
    }

    private <R> Optional<R> absentOr(String name, Request<R> request) throws IOException {
        try {
            return Optional.of(sent(name, request));
        } catch (ObjectStoreException failure) {
            if (failure.status() == 404 && !failure.bucketIsMissing()) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Converts a hexadecimal digest to the base64 form of HTTP headers. */
    static String base64(String hexadecimal) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hexadecimal));
    }

    static boolean tellsOfMissingBucket(SdkException failure) {
        return failure instanceof S3Exception refused
                && refused.awsErrorDetails() != null
                && "NoSuchBucket".equals(refused.awsErrorDetails().errorCode());
    }
}
