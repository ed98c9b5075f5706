package dev.septet.activities.source.bucket;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The buckets that pipelines may read on this worker, by name.
 *
 * @param file the operator's file; null = none is set
 * @param environment of the worker, with the credentials
 */
public record DeclaredBuckets(@Nullable Path file, Map<String, String> environment) {
    public DeclaredBuckets {
        environment = Map.copyOf(environment);
    }

    /** As the environment says. */
    public static DeclaredBuckets of(Map<String, String> environment) {
        return new DeclaredBuckets(OperatorFile.named(environment), environment);
    }

    /**
     * The buckets of the operator's file.
     *
     * @throws StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    public Map<String, DeclaredBucket> all() {
        return file == null
                ? Map.of()
                : OperatorName.section(
                        new OperatorFile(file), "buckets", BucketFilesSpec.NAME_PATTERN, DeclaredBucket::of);
    }

    /**
     * The names of the variables that hold the credentials of all buckets.
     *
     * @throws StageProblem POLICY_DENIED with file and line when the file cannot be read
     */
    public Set<String> variables() {
        return all().values().stream()
                .flatMap(bucket -> Stream.of(bucket.key(), bucket.secret(), bucket.token()))
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The bucket of a source.
     *
     * @param beginning the beginning of all keys that the source reads
     * @throws StageProblem POLICY_DENIED when the operator does not let the pipeline read them
     */
    DeclaredBucket bucket(BucketFilesSpec source, String pipeline, String beginning) {
        String where = "dataset s3('%s', path: '%s')".formatted(source.bucket(), source.path());
        DeclaredBucket bucket = OperatorName.required(file, all(), where, "bucket", source.bucket());
        OperatorName.requirePipeline(file, bucket.pipelines(), pipeline, where, "read this bucket");
        if (!bucket.allows(beginning)) {
            throw OperatorName.denied(
                    where,
                    "the operator's file %s allows only keys that begin with %s"
                            .formatted(file, String.join(" or ", bucket.prefixes())));
        }
        return bucket;
    }
}
