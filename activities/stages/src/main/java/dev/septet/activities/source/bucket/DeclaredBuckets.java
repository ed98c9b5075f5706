package dev.septet.activities.source.bucket;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
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
        if (file == null) {
            throw denied(
                    where,
                    "this worker allows no buckets; its operator declares them in a file and sets %s to its path"
                            .formatted(Setting.TRAINERS.variable()));
        }
        Map<String, DeclaredBucket> all = all();
        DeclaredBucket bucket = all.get(source.bucket());
        if (bucket == null) {
            throw denied(
                    where,
                    "the operator's file %s has no bucket '%s' in `buckets:`; it has %s"
                            .formatted(
                                    file, source.bucket(), all.isEmpty() ? "none" : String.join(", ", all.keySet())));
        }
        if (!OperatorName.allows(bucket.pipelines(), pipeline)) {
            throw denied(
                    where,
                    "the operator's file %s does not let pipeline '%s' read this bucket; ask the operator to add it to `pipelines:`"
                            .formatted(file, pipeline));
        }
        if (!bucket.allows(beginning)) {
            throw denied(
                    where,
                    "the operator's file %s allows only keys that begin with %s"
                            .formatted(file, String.join(" or ", bucket.prefixes())));
        }
        return bucket;
    }

    private static StageProblem denied(String where, String why) {
        return new StageProblem(FailureType.POLICY_DENIED, "%s: %s".formatted(where, why));
    }
}
