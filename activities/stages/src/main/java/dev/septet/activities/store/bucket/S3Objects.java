package dev.septet.activities.store.bucket;

import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Small objects below one address, with conditional writes. All atomic operations of the store use
 * these writes. Names are keys without the prefix.
 */
public final class S3Objects {
    private final S3Client client;
    private final S3Address at;

    /**
     * The current state of an object.
     *
     * @param etag changes whenever the object does
     */
    public record Stored(String text, String etag) {}

    /** One request, whose SDK exceptions become readable messages. */
    @FunctionalInterface
    interface Request<R> {
        R send(S3Client client) throws IOException;
    }

    public S3Objects(S3Client client, S3Address at) {
        this.client = client;
        this.at = at;
    }

    /** The address that names are below. */
    public S3Address at() {
        return at;
    }

    /** A small object's text. */
    public Optional<Stored> read(String name) throws IOException {
        return absentOr(name, s3 -> {
            var got = s3.getObjectAsBytes(request -> request.bucket(at.bucket()).key(at.key(name)));
            return new Stored(
                    new String(got.asByteArray(), StandardCharsets.UTF_8),
                    got.response().eTag());
        });
    }

    /** The first bytes of an object; empty when it does not exist. */
    Optional<InputStream> open(String name, int bytes) throws IOException {
        try {
            return absentOr(
                    name,
                    s3 -> s3.getObject(request ->
                            request.bucket(at.bucket()).key(at.key(name)).range("bytes=0-" + (bytes - 1))));
        } catch (ObjectStoreException empty) {
            if (empty.status() == 416) {
                return Optional.empty(); // it has no bytes
            }
            throw empty;
        }
    }

    /** An object's metadata, without its content. */
    Optional<HeadObjectResponse> head(String name) throws IOException {
        return absentOr(
                name, s3 -> s3.headObject(request -> request.bucket(at.bucket()).key(at.key(name))));
    }

    /** Current etag; null when the object does not exist. */
    public @Nullable String etag(String name) throws IOException {
        return head(name).map(HeadObjectResponse::eTag).orElse(null);
    }

    /**
     * Writes an object only if it still has the etag that the caller has read.
     *
     * @param expected the etag that the caller has read; null = the object did not exist
     * @return its new etag; null when the object has changed. Then nothing was written, or the
     *     response of a successful write was lost and the write was repeated
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
            // 412: it has another etag. 409: another request writes it at the moment. 404: it was removed.
            if (List.of(412, 409, 404).contains(refused.status()) && !refused.bucketIsMissing()) {
                return null;
            }
            throw refused;
        }
    }

    /** Names below a prefix, in the order of their bytes. */
    public List<String> names(String prefix) throws IOException {
        return names(prefix, object -> true);
    }

    /** Objects below a prefix with their sizes and times, in the order of their names. */
    public List<Storage.Used> entries(String prefix) throws IOException {
        return sent(
                prefix,
                s3 -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(at.bucket()).prefix(at.key(prefix)))
                        .contents()
                        .stream()
                        .filter(object -> !object.key().endsWith("/")) // consoles make such "folders"
                        .map(object -> new Storage.Used(
                                object.key().substring(at.prefix().length()), object.size(), object.lastModified()))
                        .sorted(Comparator.comparing(Storage.Used::name))
                        .toList());
    }

    /** Names below a prefix that were last written before a time. */
    List<String> olderThan(String prefix, Instant time) throws IOException {
        return names(prefix, object -> object.lastModified().isBefore(time));
    }

    private List<String> names(String prefix, Predicate<S3Object> filter) throws IOException {
        return sent(
                prefix,
                s3 -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(at.bucket()).prefix(at.key(prefix)))
                        .contents()
                        .stream()
                        .filter(object -> !object.key().endsWith("/")) // consoles make such "folders"
                        .filter(filter)
                        .map(object -> object.key().substring(at.prefix().length()))
                        .sorted()
                        .toList());
    }

    /**
     * Writes an object again if it still has the etag that the caller has read. A process that may only read writes nothing.
     *
     * @return false when the object has changed or is gone
     */
    boolean rewrite(String name, byte[] bytes, String etag) throws IOException {
        try {
            return putIf(name, bytes, etag) != null;
        } catch (ObjectStoreException refused) {
            if (refused.status() == 403) {
                return true;
            }
            throw refused;
        }
    }

    /** Removes an object; does nothing when it does not exist. */
    public void delete(String name) throws IOException {
        sent(name, s3 -> s3.deleteObject(request -> request.bucket(at.bucket()).key(at.key(name))));
    }

    /**
     * Removes an object only if it still has this etag. Servers without conditional deletion always
     * remove it.
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

    /** A hexadecimal digest in the encoding that the request headers need. */
    static String base64(String hexadecimal) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hexadecimal));
    }

    static boolean isMissingBucket(SdkException failure) {
        return failure instanceof S3Exception refused
                && refused.awsErrorDetails() != null
                && "NoSuchBucket".equals(refused.awsErrorDetails().errorCode());
    }
}
