package dev.septet.workers.cli.compare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the stages of a run recorded, as facts for a comparison. */
final class StageFacts {
    private final List<SummaryLine> facts = new ArrayList<>();

    List<SummaryLine> all() {
        return List.copyOf(facts);
    }

    StageFacts with(@Nullable DatasetRef dataset) {
        if (dataset != null) {
            add("training rows", dataset.trainRows());
            add("validation rows", dataset.validationRows());
            add("test rows", dataset.testRows());
            add("tokens of the training rows", dataset.trainTokens());
        }
        return this;
    }

    StageFacts with(@Nullable ModelRef model) {
        if (model != null) {
            add("architecture", model.architecture());
            add("parameters", model.parameters());
            add("trained parameters", model.trainable());
            add("licence of the base model", model.licence());
            add("size of the base model", CliTexts.bytes(model.artifact().sizeBytes()));
        }
        return this;
    }

    StageFacts with(@Nullable CheckpointRef trained) {
        if (trained != null) {
            add("steps", trained.steps());
            add("training loss at the end", CliTexts.score(trained.finalLoss()));
            Double validation = trained.validationLoss();
            if (validation != null) {
                add("validation loss", CliTexts.score(validation));
            }
            add("end of training", trained.stopReason());
            add("size of the trained files", CliTexts.bytes(trained.artifact().sizeBytes()));
        }
        return this;
    }

    StageFacts exported(@Nullable ArtifactRef export) {
        if (export != null) {
            add("size of the export, all forms", CliTexts.bytes(export.sizeBytes()));
        }
        return this;
    }

    StageFacts with(PipelineSpec spec) {
        JsonNode method = SpecDigest.tree(spec).path("train").path("method");
        add("method", method.isTextual() ? method.textValue() : method.toString());
        return this;
    }

    StageFacts with(RunSnapshot snapshot) {
        add("started", snapshot.started());
        String ended = snapshot.ended();
        if (ended != null) {
            add("ended", ended);
            try {
                took(Duration.between(Instant.parse(snapshot.started()), Instant.parse(ended)));
            } catch (DateTimeParseException odd) {
                // A server with another format of times: both ends are shown above.
            }
        }
        return this;
    }

    /** With the times between which the run's stages ran, in milliseconds. */
    StageFacts between(long started, long ended) {
        if (ended >= started) {
            took(Duration.ofMillis(ended - started));
        }
        return this;
    }

    private void took(Duration took) {
        add(
                "took, with all waits",
                String.format(Locale.ROOT, "%d:%02d:%02d", took.toHours(), took.toMinutesPart(), took.toSecondsPart()));
    }

    private void add(String name, long value) {
        add(name, String.format(Locale.ROOT, "%,d", value));
    }

    private void add(String name, String value) {
        facts.add(new SummaryLine(name, value));
    }
}
