package dev.septet.activities.audit;

import java.nio.file.Path;

/**
 * Where the audit logs of a machine are: a folder each, by the name of the pipeline whose model is
 * served. Names of pipelines are letters, digits and {@code -}.
 *
 * @param root the folder of these folders
 */
public record AuditLogs(Path root) {
    /** A pipeline's own; it need not be there yet. */
    public Path folder(String pipeline) {
        return root.resolve(pipeline);
    }

    /** Reads a pipeline's log. */
    public AuditReader reader(String pipeline) {
        return new AuditReader(folder(pipeline));
    }
}
