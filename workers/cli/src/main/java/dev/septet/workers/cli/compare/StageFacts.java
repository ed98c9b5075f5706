package dev.septet.workers.cli.compare;

import dev.septet.activities.evaluate.form.FormResult;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.report.HyperParameters;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.status.RunFile;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.summary.RunFacts;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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

    /** With what the exam recorded about the quantized forms. */
    StageFacts with(@Nullable FormsReport forms) {
        if (forms != null) {
            for (FormResult form : forms.forms()) {
                add(
                        form.form().equals(FormsReport.MODEL)
                                ? "size of the unquantized model"
                                : "size of the form " + form.form(),
                        CliTexts.bytes(form.bytes()));
            }
        }
        return this;
    }

    /**
     * With the hyper-parameters.
     *
     * @param setup what {@code setup} chose; null when it is not known
     */
    StageFacts with(@Nullable PipelineSpec spec, @Nullable SetupReport setup) {
        if (spec != null) {
            // The training records how many steps it made, which may be fewer.
            HyperParameters.of(spec.train(), spec.setup(), setup)
                    .forEach(
                            line -> add(line.name().equals("steps") ? "steps in the file" : line.name(), line.value()));
        }
        return this;
    }

    /** With what a run's page recorded. */
    StageFacts with(RunFile run) {
        with(run.dataset()).with(run.model()).with(run.spec(), run.setup());
        RunFacts times = run.facts();
        if (times != null && times.endedMillis() >= times.startedMillis()) {
            took(Duration.ofMillis(times.endedMillis() - times.startedMillis()));
        }
        return with(times).with(run.cost());
    }

    /** With the time of each stage that computed something. */
    private StageFacts with(@Nullable RunFacts times) {
        if (times != null) {
            Map<Stage, Long> millis = new TreeMap<>();
            times.stages().stream()
                    .filter(stage -> !stage.reused())
                    .forEach(stage -> millis.merge(stage.stage(), stage.millis(), Long::sum));
            millis.forEach((stage, time) -> add("time of " + stage.word(), clock(Duration.ofMillis(time))));
        }
        return this;
    }

    private StageFacts with(@Nullable RunCost cost) {
        if (cost != null) {
            add("time of the machine", clock(Duration.ofMillis(cost.machineMillis())));
            ReportSettings.Price price = cost.pricePerHour();
            if (price != null) {
                add("cost in " + price.currency(), price.amountOf(cost.machineMillis()));
            }
            add("estimated energy in kWh", cost.kilowattHours());
            add("estimated emissions in g CO2 equivalent", cost.gramsOfCarbonDioxide());
            Double joules = cost.measuredJoules();
            if (joules != null) {
                add("measured energy in kWh", CliTexts.score(joules / RunCost.JOULES_PER_KILOWATT_HOUR));
            }
        }
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

    private void took(Duration took) {
        add("took, with all waits", clock(took));
    }

    private static String clock(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    private void add(String name, @Nullable BigDecimal value) {
        if (value != null) {
            add(name, value.stripTrailingZeros().toPlainString());
        }
    }

    private void add(String name, long value) {
        add(name, String.format(Locale.ROOT, "%,d", value));
    }

    /** The first value of a name counts: a server's record stands before that of a file. */
    private void add(String name, String value) {
        if (facts.stream().noneMatch(fact -> fact.name().equals(name))) {
            facts.add(new SummaryLine(name, value));
        }
    }
}
