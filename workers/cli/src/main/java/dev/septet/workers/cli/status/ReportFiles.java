package dev.septet.workers.cli.status;

import dev.septet.activities.deploy.chain.ChainSection;
import dev.septet.activities.store.FileModes;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What evaluation left, brought to a place where people find it. */
public record ReportFiles(Session session) {
    /**
     * A copy of the report's page; empty when the workers keep it in a store that is not here.
     *
     * @param workflowId names the copy
     * @param deployment whose chain the copy shows too; null before there is one
     */
    public Optional<Path> page(String workflowId, EvaluationReport evaluation, @Nullable DeploymentRef deployment) {
        return fetched(evaluation).flatMap(folder -> {
            try {
                Path copy = FileModes.OWNER.folder(session.state().reports()).resolve(name(workflowId) + ".html");
                String page = Files.readString(folder.resolve("report.html"));
                return Optional.of(FileModes.OWNER.write(
                        copy, deployment == null ? page : ChainSection.in(page, deployment.chain())));
            } catch (IOException unreadable) {
                return Optional.empty();
            }
        });
    }

    /** The findings as JSON text; empty when the workers keep them in a store that is not here. */
    Optional<String> results(EvaluationReport evaluation) {
        return fetched(evaluation).flatMap(folder -> {
            try {
                return Optional.of(Files.readString(folder.resolve("results.json")));
            } catch (IOException unreadable) {
                return Optional.empty();
            }
        });
    }

    /** Where the workers have it, for people whose machine does not reach it. */
    public static String elsewhere(EvaluationReport evaluation) {
        return evaluation.artifact().uri() + "/report.html in the workers' store";
    }

    private Optional<Path> fetched(EvaluationReport evaluation) {
        if (!session.hasStore()) {
            return Optional.empty();
        }
        try {
            return Optional.of(session.store().fetch(evaluation.artifact()));
        } catch (IOException | RuntimeException elsewhere) {
            return Optional.empty();
        }
    }

    /** Anybody can give a run any id: it must not name a file elsewhere. */
    static String name(String workflowId) {
        String plain = workflowId.replaceAll("[^A-Za-z0-9._:-]", "_");
        return plain.startsWith(".") ? "_" + plain : plain;
    }
}
