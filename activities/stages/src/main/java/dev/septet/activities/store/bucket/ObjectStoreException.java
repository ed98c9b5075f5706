package dev.septet.activities.store.bucket;

import java.io.IOException;
import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** An object store cannot be reached, or refuses a request; a retry may succeed. */
public final class ObjectStoreException extends IOException {
    private final int status;
    private final boolean bucketIsMissing;

    private ObjectStoreException(String message, int status, boolean bucketIsMissing, SdkException cause) {
        super(message, cause);
        this.status = status;
        this.bucketIsMissing = bucketIsMissing;
    }

    static ObjectStoreException of(S3Address at, String name, SdkException failure) {
        int status = failure instanceof AwsServiceException refused ? refused.statusCode() : 0;
        boolean missing = S3Objects.isMissingBucket(failure);
        String next;
        if (missing) {
            next = "create the bucket, or correct its name";
        } else if (status == 401 || status == 403) {
            next = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy";
        } else if (status == 0) {
            next = "check the network, AWS_ENDPOINT_URL and the credentials";
        } else {
            next = "a later attempt may succeed";
        }
        return new ObjectStoreException(
                "%s%s: %s; %s".formatted(at, name, describe(failure, status), next), status, missing, failure);
    }

    /** The HTTP status of the response; 0 when there was none. */
    public int status() {
        return status;
    }

    /** Whether the bucket is missing, not the object. */
    public boolean bucketIsMissing() {
        return bucketIsMissing;
    }

    private static String describe(SdkException failure, int status) {
        if (failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            return String.format(
                    Locale.ROOT,
                    "the object store answers %d %s",
                    status,
                    refused.awsErrorDetails().errorCode());
        }
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf(" (SDK Attempt Count");
        return end < 0 ? message : message.substring(0, end);
    }
}
