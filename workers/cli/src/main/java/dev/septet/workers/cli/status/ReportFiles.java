package dev.septet.workers.cli.status;

import dev.septet.activities.deploy.chain.ChainSection;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.activities.evaluate.form.FormSpeed;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.form.FormsSection;
import dev.septet.activities.evaluate.report.DataPage;
import dev.septet.activities.report.RunHead;
import dev.septet.activities.store.FileModes;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Copies the files of an evaluation to the state folder, where people find them. */
public record ReportFiles(Session session) {
    /**
     * A copy of the report page; empty when this machine cannot read the workers' store.
     *
     * @param workflowId the run's workflow id, which names the copy
     * @param results the run's results, whose verification chain and whose head the copy also shows, as far as they exist
     */
    public Optional<Path> page(String workflowId, EvaluationReport evaluation, PipelineReport results) {
        DeploymentRef deployment = results.deployment();
        return fetched(evaluation).flatMap(folder -> {
            try {
                Path copy = FileModes.OWNER.folder(session.state().reports()).resolve(name(workflowId) + ".html");
                String page = withHead(Files.readString(folder.resolve("report.html")), results.page());
                return Optional.of(FileModes.OWNER.write(
                        copy, deployment == null ? page : deployed(page, workflowId, deployment)));
            } catch (IOException unreadable) {
                return Optional.empty();
            }
        });
    }

    /** The page with the facts of the run; without them while the run goes on. */
    private String withHead(String page, @Nullable ArtifactRef run) {
        if (run == null) {
            return page;
        }
        try {
            return RunHead.in(page, Files.readString(session.store().fetch(run).resolve(RunHead.FRAGMENT)));
        } catch (IOException | RuntimeException elsewhere) {
            return page;
        }
    }

    /**
     * What the exam found about the quantized forms; empty when they took none, or this machine cannot read the workers'
     * store.
     */
    public Optional<FormsReport> forms(DeploymentRef deployment) {
        if (!session.hasStore()) {
            return Optional.empty();
        }
        try {
            return FormsReport.of(session.store(), deployment.artifact());
        } catch (IOException | RuntimeException elsewhere) {
            return Optional.empty();
        }
    }

    /** A line for each examined file of a form: its verdict, and why it is not published. */
    public List<String> formLines(DeploymentRef deployment) {
        return forms(deployment).map(FormsReport::files).orElse(List.of()).stream()
                .map(form -> "Form     %s %s%s"
                        .formatted(
                                form.form(),
                                form.verdict().name().replace('_', ' '),
                                form.passes() ? "" : ", not published: " + form.why()))
                .toList();
    }

    /** The page with what the deploy stage found. */
    private String deployed(String page, String workflowId, DeploymentRef deployment) throws IOException {
        String shown = ChainSection.in(page, deployment.chain());
        Optional<FormsReport> forms = forms(deployment);
        if (forms.isEmpty()) {
            return shown;
        }
        int end = workflowId.indexOf('/');
        FormSpeed speed = FormSpeed.last(session.store(), end < 0 ? workflowId : workflowId.substring(0, end))
                .orElse(null);
        return FormsSection.in(shown, forms.get(), speed);
    }

    /**
     * A copy of the data page beside that of the report page; empty when this machine cannot read the workers' store, or an
     * earlier version wrote the report.
     */
    Optional<Path> data(String workflowId, EvaluationReport evaluation) {
        return fetched(evaluation).flatMap(folder -> {
            try {
                Path copy = FileModes.OWNER.folder(session.state().reports()).resolve(name(workflowId) + "-data.html");
                return Optional.of(FileModes.OWNER.write(copy, Files.readString(folder.resolve(DataPage.FILE))));
            } catch (IOException none) {
                return Optional.empty();
            }
        });
    }

    /** The findings as JSON text; empty when this machine cannot read the workers' store. */
    Optional<String> results(EvaluationReport evaluation) {
        return fetched(evaluation).flatMap(folder -> {
            try {
                return Optional.of(Files.readString(folder.resolve(ResultsFile.NAME)));
            } catch (IOException unreadable) {
                return Optional.empty();
            }
        });
    }

    /**
     * The report page's place in the workers' store, for users whose machine cannot read that
     * store.
     */
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

    /**
     * A file name for a workflow id. A run can have any id, which must not lead to another folder.
     */
    static String name(String workflowId) {
        String plain = workflowId.replaceAll("[^A-Za-z0-9._:-]", "_");
        return plain.startsWith(".") ? "_" + plain : plain;
    }
}
