package dev.septet.activities.report;

import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.activities.evaluate.report.SpecDiff.Change;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What changed from one version of a pipeline to another: data, base model, machine, and each value of the file. */
final class VersionChanges {
    private VersionChanges() {}

    static List<Change> between(RunRecord before, RunRecord now) {
        List<Change> changes = new ArrayList<>();
        DatasetRef old = before.dataset();
        DatasetRef data = now.dataset();
        add(
                changes,
                "data, sha256",
                old == null ? null : old.artifact().sha256(),
                data == null ? null : data.artifact().sha256());
        add(
                changes,
                "data, training rows",
                old == null ? null : rows(old.trainRows()),
                data == null ? null : rows(data.trainRows()));
        add(
                changes,
                "data, test rows",
                old == null ? null : rows(old.testRows()),
                data == null ? null : rows(data.testRows()));
        ModelRef oldBase = before.model();
        ModelRef base = now.model();
        add(
                changes,
                "base model, sha256",
                oldBase == null ? null : oldBase.artifact().sha256(),
                base == null ? null : base.artifact().sha256());
        SetupReport oldSetup = before.setup();
        SetupReport setup = now.setup();
        add(changes, "machine and engine", fingerprint(oldSetup), fingerprint(setup));
        add(changes, "learning rate used", rate(oldSetup), rate(setup));
        changes.addAll(SpecDiff.of(before.spec(), now.spec()));
        return changes;
    }

    private static void add(List<Change> changes, String what, @Nullable String before, @Nullable String now) {
        if (!Objects.equals(before, now)) {
            changes.add(new Change(what, before == null ? "" : before, now == null ? "" : now));
        }
    }

    private static String rows(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static @Nullable String fingerprint(@Nullable SetupReport setup) {
        return setup == null ? null : setup.preflight().worker().fingerprint();
    }

    private static @Nullable String rate(@Nullable SetupReport setup) {
        return setup == null ? null : Double.toString(setup.learningRate());
    }
}
