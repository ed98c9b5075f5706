package dev.septet.activities.source.database;

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
import org.jspecify.annotations.Nullable;

/**
 * The databases that pipelines may query on this worker, by name.
 *
 * @param file the operator's file; null = none is set
 * @param environment of the worker, with the passwords
 */
public record DeclaredDatabases(@Nullable Path file, Map<String, String> environment) {
    public DeclaredDatabases {
        environment = Map.copyOf(environment);
    }

    /** As the environment says. */
    public static DeclaredDatabases of(Map<String, String> environment) {
        return new DeclaredDatabases(OperatorFile.named(environment), environment);
    }

    /**
     * The databases of the operator's file.
     *
     * @throws StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    public Map<String, DeclaredDatabase> all() {
        return file == null
                ? Map.of()
                : OperatorName.section(
                        new OperatorFile(file), "databases", BucketFilesSpec.NAME_PATTERN, DeclaredDatabase::of);
    }

    /**
     * The names of the variables that hold the passwords of all databases.
     *
     * @throws StageProblem POLICY_DENIED with file and line when the file cannot be read
     */
    public Set<String> variables() {
        return all().values().stream()
                .map(DeclaredDatabase::password)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The database of a name.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not let the pipeline query it
     */
    DeclaredDatabase database(String name, String pipeline) {
        String where = "dataset jdbc('%s')".formatted(name);
        DeclaredDatabase database = OperatorName.required(file, all(), where, "database", name);
        OperatorName.requirePipeline(file, database.pipelines(), pipeline, where, "query this database");
        return database;
    }
}
