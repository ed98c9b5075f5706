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

/** What the activities of a run made, each bound to the run and to the bytes that it is about. */
final class Seals {
    private final RunKey key;

    Seals(RunKey key) {
        this.key = key;
    }

    /** The gate's verdict on a trained model. */
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

    /** The export of a trained model. */
    String export(RunRef run, CheckpointRef trained, ExportRef export) {
        return key.mac(
                "export",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        export.artifact().sha256(),
                        export.origin().key()));
    }

    /** An export that lies ready in its targets, after the gate and the people. */
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

    /** Who answered a question about a model, and how. */
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

    /** In constant time, whatever was shown. */
    static boolean same(@Nullable String shown, String expected) {
        return shown != null
                && MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }
}
