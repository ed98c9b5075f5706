package dev.septet.activities.deploy;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.deploy.DeployRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the GGUF files of an export the rows of the evaluation, before anything is published. */
public interface FormExaminer {
    /** Digest of the files that the exam reads, for keys; null where it reads none. */
    @Nullable
    String filesDigest(RunRef run, EvaluateSpec exam) throws IOException;

    /**
     * Examines the forms, removes the files of those that do not pass, and writes {@value ExaminedFiles#FILE}.
     *
     * @param out folder of the export, with {@code model/} and the GGUF files
     * @return the proof that each remaining file is the examined one
     * @throws dev.septet.activities.attempt.StageProblem GATE_FAILED when a target needs a quantized form, and none
     *     passed
     */
    ChainReport examine(
            DeployRequest request,
            ExportSource source,
            Path out,
            List<ExportedForm> forms,
            Fence fence,
            Heartbeats heartbeats)
            throws IOException;

    /** Stores the findings under the export's digest too, so that a page needs no copy of the export. */
    void store(Path out, ArtifactRef export, Fence fence) throws IOException;
}
