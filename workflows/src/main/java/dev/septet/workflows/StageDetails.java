package dev.septet.workflows;

import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.setup.SearchSummary;
import dev.septet.workflows.setup.SetupReport;
import java.util.Locale;
import java.util.stream.Collectors;

/** Describes each stage's result in one line for people. */
final class StageDetails {
    private StageDetails() {}

    static String of(DatasetRef dataset) {
        String warning = dataset.forgottenWarning();
        return String.format(
                Locale.ROOT,
                "%d train, %d validation, %d test rows; %d quarantined, %d duplicates%s%s%s%s",
                dataset.trainRows(),
                dataset.validationRows(),
                dataset.testRows(),
                dataset.quarantinedRows(),
                dataset.duplicateRows(),
                longRows(dataset.droppedLongRows(), "dropped as too long"),
                longRows(dataset.truncatedRows(), "truncated"),
                DatasetRef.REMOVING_STEPS.stream()
                        .map(step -> longRows(dataset.removedRows().getOrDefault(step, 0L), step))
                        .collect(Collectors.joining()),
                warning == null ? "" : "; " + warning);
    }

    private static String longRows(long count, String what) {
        return count == 0 ? "" : String.format(Locale.ROOT, ", %d %s", count, what);
    }

    static String of(ModelRef model) {
        return String.format(
                        Locale.ROOT,
                        "%s, %.1f M parameters, %.2f M trained",
                        model.architecture(),
                        model.parameters() / 1e6,
                        model.trainable() / 1e6)
                + (model.choice() == null ? "" : "; " + model.choice().line());
    }

    static String of(SetupReport setup) {
        return String.format(
                Locale.ROOT,
                "%s, %d threads, %s%s%s",
                setup.preflight().worker().device(),
                setup.preflight().worker().threads(),
                setup.chosen() == null
                        ? "learning rate " + setup.learningRate()
                        : setup.chosen().words(),
                setup.trials().isEmpty() ? "" : ", best of " + setup.trials().size() + " trials",
                setup.search() == null ? "" : search(setup.search()));
    }

    private static String search(SearchSummary search) {
        return String.format(
                Locale.ROOT,
                " by %s, %,d steps%s",
                search.choice(),
                search.steps(),
                search.left() == null ? "" : "; " + search.left());
    }

    static String of(CheckpointRef checkpoint) {
        return String.format(
                Locale.ROOT,
                "%d steps, loss %s, %s%s",
                checkpoint.steps(),
                Score.figures(checkpoint.finalLoss()),
                checkpoint.stopReason(),
                checkpoint.warnings() == null ? "" : "; " + TrainingWarning.headlines(checkpoint.warnings()));
    }

    static String of(EvaluationReport report) {
        return report.verdict()
                + ": "
                + report.scores().stream().map(StageDetails::score).collect(Collectors.joining(", "));
    }

    static String of(DeploymentRef deployment) {
        return deployment.published().stream()
                .map(at -> at.type() + " " + at.location())
                .collect(Collectors.joining(", "));
    }

    private static String score(Score score) {
        Double before = score.before();
        String after = Score.figures(score.after());
        return before == null
                ? score.metric() + " " + after
                : score.metric() + " " + Score.figures(before) + " -> " + after;
    }
}
