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
        heartbeats.reportAndCheck(Progress.of("export: asking the endpoint", 0, 1, "models"));
        RowAnswers answers = new RowAnswers(
                EndpointCompletions.of(endpoints, "deploy: the trained model", model.endpoint(), model.model()));
        ChainReport proof = new EvaluatedAnswers(source.evaluation(), source.dataset()).verify(answers, model.model());
        Optional<ChainCheck> broken = proof.broken();
        if (broken.isPresent()) {
            throw new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "deploy: %s. Nothing was published".formatted(broken.get().sentence()));
        }
        model.write(out);
        new ExportForms(source, out).papers();
        Files.writeString(
                out.resolve(ModelExporter.CHAIN),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(proof) + "\n");
        return proof;
    }
}
