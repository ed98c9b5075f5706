package dev.septet.dsl.pipeline.track;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of OpenLineage events: a server, or a folder with a file of events for each run.
 *
 * @param tracker the operator's name for the server; null = a folder
 * @param path the folder; null = a server
 * @param namespace namespace of the jobs; null = {@value #DEFAULT_NAMESPACE}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OpenLineageSpec(
        @Nullable String tracker,
        @Nullable String path,
        @Nullable String namespace) implements TrackerSpec {
    /** The namespace of a file that names none. */
    public static final String DEFAULT_NAMESPACE = "septet";

    private static final String NAMESPACE = "[A-Za-z0-9][A-Za-z0-9:/._-]{0,127}";

    public OpenLineageSpec {
        require((tracker == null) != (path == null), "openlineage needs tracker: or folder:, and not both");
        require(
                tracker == null || tracker.matches(NAME_PATTERN),
                "openlineage: a tracker's name has letters, digits, '-' and '_', got '%s'; the operator's file has its address",
                tracker);
        require(path == null || !path.isBlank(), "openlineage folder: is empty");
        require(
                namespace == null || namespace.matches(NAMESPACE),
                "openlineage namespace: has letters, digits and ':/._-', at most 128 of them, got '%s'",
                namespace);
    }

    /** The namespace of the jobs. */
    public String jobs() {
        return namespace == null ? DEFAULT_NAMESPACE : namespace;
    }

    @Override
    public String written() {
        return tracker == null ? "openlineage(folder: '" + path + "')" : "openlineage(tracker: '" + tracker + "')";
    }

    @Override
    public boolean writesFiles() {
        return tracker == null;
    }
}
