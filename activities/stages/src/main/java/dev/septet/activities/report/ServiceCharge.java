package dev.septet.activities.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.summary.RunPageRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a service charged for a run's training, by the operator's price, as the training wrote it beside its ledger. */
final class ServiceCharge {
    private static final String FILE = "job.json";
    private static final String CURRENCY = "[A-Z]{3}";
    private static final long LONGEST = 1 << 20;

    private ServiceCharge() {}

    /** The charge; empty without a price, and when the run reused the training or it is not in the store any more. */
    static Optional<ReportSettings.Price> of(ArtifactStore store, RunPageRequest request) {
        CheckpointRef checkpoint = request.results().checkpoint();
        boolean trained =
                request.facts().stages().stream().anyMatch(stage -> stage.stage() == Stage.TRAIN && !stage.reused());
        if (checkpoint == null || !trained || !RunCost.trainsElsewhere(request.spec())) {
            return Optional.empty();
        }
        try {
            Path file = store.fetch(checkpoint.ledger()).resolve(FILE);
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                return Optional.empty();
            }
            JsonNode job = SpecJson.mapper().readTree(file.toFile());
            String currency = job.path("currency").asText();
            BigDecimal cost = job.path("cost").isNumber() ? job.path("cost").decimalValue() : BigDecimal.ONE.negate();
            return cost.signum() >= 0 && currency.matches(CURRENCY)
                    ? Optional.of(new ReportSettings.Price(cost, currency))
                    : Optional.empty();
        } catch (IOException | RuntimeException removed) {
            return Optional.empty(); // an erasure may have removed the training
        }
    }
}
