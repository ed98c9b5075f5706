package dev.septet.activities.source.bucket;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.bucket.CredentialChain;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.FailureType;
import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Why an object of a bucket cannot be read, in words for the pipeline's author and the operator.
 *
 * @param bucket the bucket
 */
record BucketProblem(DeclaredBucket bucket) {
    private static final int NOT_FOUND = 404;
    private static final int CHANGED = 412;
    private static final int TOO_MANY = 429;

    /** What a failed request means. Another attempt may succeed if the service was busy or away. */
    StageProblem of(String key, SdkException failure) {
        int status = failure instanceof AwsServiceException refused ? refused.statusCode() : 0;
        String code = failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null
                ? String.valueOf(refused.awsErrorDetails().errorCode())
                : "";
        if (code.equals("NoSuchBucket")) {
            return problem(
                    FailureType.POLICY_DENIED,
                    key,
                    "%s has no bucket %s; the operator corrects `bucket:` or `endpoint:`"
                            .formatted(bucket.service(), bucket.bucket()));
        }
        if (code.equals("InvalidObjectState")) {
            return problem(
                    FailureType.INVALID_PIPELINE,
                    key,
                    "is archived at %s; restore it first".formatted(bucket.service()));
        }
        if (status == NOT_FOUND) {
            return problem(
                    FailureType.INVALID_PIPELINE,
                    key,
                    "bucket %s at %s has no object with this key; correct `path:`"
                            .formatted(bucket.bucket(), bucket.service()));
        }
        if (status == 401 || status == 403) {
            return problem(
                    FailureType.POLICY_DENIED,
                    key,
                    "%s refuses the operator's credentials (%s); check %s, and that its policy allows s3:GetObject and s3:ListBucket"
                            .formatted(
                                    bucket.service(),
                                    answer(status, code),
                                    bucket.key() == null
                                            ? "the worker's AWS credentials"
                                            : bucket.key() + " and " + bucket.secret()));
        }
        if (status == 0 || status == TOO_MANY || status >= 500) {
            return problem(
                    FailureType.BACKEND_FAILED,
                    key,
                    status == 0
                            ? "%s does not answer: %s".formatted(bucket.service(), reason(failure))
                            : "%s answers %s".formatted(bucket.service(), answer(status, code)));
        }
        return problem(
                FailureType.POLICY_DENIED,
                key,
                "%s answers %s; the operator checks `region:` and `endpoint:`"
                        .formatted(bucket.service(), answer(status, code)));
    }

    /** What a failed request means after the object was listed. */
    StageProblem whileRead(ListedObject object, SdkException failure) {
        int status = failure instanceof AwsServiceException refused ? refused.statusCode() : 0;
        return switch (status) {
            case NOT_FOUND -> changed(object, "was removed");
            case CHANGED -> changed(object, "was replaced");
            default -> of(object.key(), failure);
        };
    }

    /** The object is not the listed one any more. */
    StageProblem changed(ListedObject object, String what) {
        return problem(
                FailureType.BACKEND_FAILED,
                object.key(),
                "%s while it was read; the next attempt reads the bucket from the beginning, so stop the program that writes it"
                        .formatted(what));
    }

    /** A transfer ends before the end of the object, again and again. */
    StageProblem brokeOff(ListedObject object, int tries, long bytes) {
        return problem(
                FailureType.BACKEND_FAILED,
                object.key(),
                String.format(
                        Locale.ROOT,
                        "the transfer broke off %d times, at last after %,d of %,d bytes; check the network and %s",
                        tries,
                        bytes,
                        object.size(),
                        bucket.service()));
    }

    private StageProblem problem(FailureType type, String key, String what) {
        return new StageProblem(
                type, "dataset '%s': %s".formatted(PublicText.file("s3:%s/%s".formatted(bucket.name(), key)), what));
    }

    private static String answer(int status, String code) {
        return code.isEmpty() ? String.valueOf(status) : status + " " + PublicText.line(code);
    }

    private String reason(SdkException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CredentialChain.MissingException) {
                return String.valueOf(cause.getMessage());
            }
        }
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf(" (SDK Attempt Count");
        return PublicText.line(end < 0 ? message : message.substring(0, end));
    }
}
