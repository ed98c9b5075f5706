package dev.septet.activities.authority;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.deploy.Publication;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Computes seals of a run's results. Each seal binds a result to its run and to its bytes. */
final class Seals {
    private final RunKey key;

    Seals(RunKey key) {
        this.key = key;
    }

    /** The seal of the gate's verdict on a trained model. */
    String gate(RunRef run, CheckpointRef trained, EvaluationReport report) {
        return key.mac(
                "gate",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        report.verdict().name(),
                        report.artifact().sha256(),
                        Objects.requireNonNullElse(report.champion(), "")));
    }

    /** The seal of a trained model's export. */
    String export(RunRef run, CheckpointRef trained, ExportRef export) {
        return key.mac(
                "export",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        export.artifact().sha256(),
                        export.origin().key()));
    }

    /** The seal of an export that was uploaded to its targets, after the gate and the approvals. */
    String publication(RunRef run, CheckpointRef trained, Publication publication) {
        ArtifactRef artifact = publication.artifact();
        return key.mac(
                "publication",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        artifact.sha256(),
                        Objects.requireNonNullElse(publication.champion(), ""),
                        publication.key()));
    }

    /** The seal of a person's answer to a question about a model. */
    String answer(
            RunRef run, String person, String role, boolean approves, boolean signed, String artifact, String report) {
        return key.mac(
                "answer",
                List.of(
                        run.runId(),
                        person,
                        role,
                        Boolean.toString(approves),
                        Boolean.toString(signed),
                        artifact,
                        report));
    }

    /** Compares in constant time. */
    static boolean same(@Nullable String shown, String expected) {
        return shown != null
                && MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }
}
