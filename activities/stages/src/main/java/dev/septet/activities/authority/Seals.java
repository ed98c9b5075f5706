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

/**
 * What the seals of a run's results bind. Each seal binds a result to its run and to its bytes.
 *
 * @param purpose separates seals of different results
 * @param texts what is bound
 */
record Seals(String purpose, List<String> texts) {
    /** The seal, by the key that signs. */
    String by(RunKey key) {
        return key.mac(purpose, texts);
    }

    /** Whether a seal was made by one of the accepted keys. */
    boolean fits(RunKey key, @Nullable String seal) {
        return key.made(seal, purpose, texts);
    }

    /** The seal of the gate's verdict on a trained model. */
    static Seals gate(RunRef run, CheckpointRef trained, EvaluationReport report) {
        return new Seals(
                "gate",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        report.verdict().name(),
                        report.artifact().sha256(),
                        Objects.requireNonNullElse(report.champion(), "")));
    }

    /** The seal of a trained model's export. */
    static Seals export(RunRef run, CheckpointRef trained, ExportRef export) {
        return new Seals(
                "export",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        export.artifact().sha256(),
                        export.origin().key()));
    }

    /** The seal of an export that was uploaded to its targets, after the gate and the approvals. */
    static Seals publication(RunRef run, CheckpointRef trained, Publication publication) {
        ArtifactRef artifact = publication.artifact();
        return new Seals(
                "publication",
                List.of(
                        run.runId(),
                        trained.artifact().sha256(),
                        artifact.sha256(),
                        Objects.requireNonNullElse(publication.champion(), ""),
                        publication.key()));
    }

    /** The seal of a person's answer to a question about a model. */
    static Seals answer(
            RunRef run, String person, String role, boolean approves, boolean signed, String artifact, String report) {
        return new Seals(
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
