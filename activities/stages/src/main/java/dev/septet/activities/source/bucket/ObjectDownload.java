package dev.septet.activities.source.bucket;

import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FileModes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.LongConsumer;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Downloads objects as they were listed. A transfer that breaks off continues where it stopped, a limited number of
 * times, if the object is still the same.
 *
 * @param client of the bucket's service
 */
record ObjectDownload(S3Client client, DeclaredBucket bucket, BucketProblem problems) {
    private static final int TRIES = 5;
    private static final int BUFFER = 1 << 20;

    /**
     * Downloads an object.
     *
     * @param file new file
     * @param more receives the number of further bytes; it may throw to cancel
     * @throws dev.septet.activities.attempt.StageProblem when the object changed, is gone, or cannot be read
     */
    void fetch(ListedObject object, Path file, LongConsumer more) throws IOException {
        try (FileChannel out = FileModes.OWNER.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int tries = 1; !transfer(object, out, more); tries++) {
                if (tries == TRIES) {
                    throw problems.brokeOff(object, TRIES, out.position());
                }
            }
        }
    }

    /** The transfer ended too early. */
    private static final class BrokenTransfer extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenTransfer(IOException cause) {
            super(cause);
        }
    }

    /** Transfers what is missing; returns whether the whole object is there. */
    private boolean transfer(ListedObject object, FileChannel out, LongConsumer more) throws IOException {
        long from = out.position();
        try (ResponseInputStream<GetObjectResponse> in = client.getObject(request -> {
            request.bucket(bucket.bucket()).key(object.key()).ifMatch(object.etag());
            if (from > 0) {
                request.range(String.format(Locale.ROOT, "bytes=%d-", from));
            }
        })) {
            if (!object.etag().equals(in.response().eTag())
                    || from + in.response().contentLength() != object.size()) {
                in.abort();
                throw problems.changed(object, "was replaced");
            }
            copy(object, in, out, more);
        } catch (BrokenTransfer ended) {
            return false; // what arrived stays
        } catch (SdkException failure) {
            throw problems.whileRead(object, failure);
        }
        return out.position() >= object.size();
    }

    private static void copy(
            ListedObject object, ResponseInputStream<GetObjectResponse> in, FileChannel out, LongConsumer more)
            throws IOException, BrokenTransfer {
        boolean ended = false;
        try {
            byte[] buffer = new byte[BUFFER];
            for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
                write(object, out, ByteBuffer.wrap(buffer, 0, read));
                more.accept(read);
            }
            ended = true;
        } finally {
            if (!ended) {
                in.abort(); // closing it would read the rest
            }
        }
    }

    private static int read(ResponseInputStream<GetObjectResponse> in, byte[] buffer) throws BrokenTransfer {
        try {
            return in.read(buffer);
        } catch (IOException broken) {
            throw new BrokenTransfer(broken);
        }
    }

    private static void write(ListedObject object, FileChannel out, ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw DiskFullException.orSame(Path.of("the copy of " + object.key().replace('\0', ' ')), e);
        }
    }
}
