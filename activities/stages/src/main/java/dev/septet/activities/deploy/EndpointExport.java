package dev.septet.activities.deploy;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.chain.EvaluatedAnswers;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.deploy.publication.EndpointTargets;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RowAnswers;
import dev.septet.activities.quota.EndpointUse;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Exports a model that a service holds: its name, and the proof that the service still answers as it did in the
 * evaluation. There are no weights to merge, to convert or to quantize.
 */
record EndpointExport(EndpointModel model, ModelEndpoints endpoints, ExportSource source, Heartbeats heartbeats) {
    /**
     * Writes and verifies the export.
     *
     * @throws StageProblem CHAIN_BROKEN when the service answers otherwise; INVALID_PIPELINE when a target needs files
     */
    ChainReport write(DeploySpec spec, Path out) throws IOException {
        EndpointTargets.check(spec);
        ChainReport proof = verify();
        model.write(out);
        new ExportForms(source, out).papers();
        Files.writeString(
                out.resolve(ModelExporter.CHAIN),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(proof) + "\n");
        return proof;
    }

    /**
     * Asks the service whether it still answers as in the evaluation.
     *
     * @throws StageProblem CHAIN_BROKEN when it does not
     */
    ChainReport verify() throws IOException {
        IntConsumer progress = done -> heartbeats.reportAndCheck(
                Progress.of("export: asking the endpoint", done, EvaluatedAnswers.ROWS, "rows"));
        progress.accept(0);
        EndpointCompletions completions =
                EndpointCompletions.of(endpoints, "deploy: the trained model", model.endpoint(), model.model());
        RowAnswers answers = new RowAnswers(completions, EndpointUse.of(endpoints, completions)).reporting(progress);
        ChainReport proof = new EvaluatedAnswers(source.evaluation(), source.dataset()).verify(answers, model.model());
        Optional<ChainCheck> broken = proof.broken();
        if (broken.isPresent()) {
            throw new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "deploy: %s. Nothing was published".formatted(broken.get().sentence()));
        }
        return proof;
    }
}
