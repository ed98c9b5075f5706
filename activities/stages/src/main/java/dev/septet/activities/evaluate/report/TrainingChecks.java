package dev.septet.activities.evaluate.report;

import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.watch.WarningsFile;
import dev.septet.activities.train.watch.Watchdog;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import dev.septet.workflows.artifact.TrainingWarning;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The warnings about a training, and the kinds of warnings that its numbers allowed.
 *
 * @param warnings in the order of their steps
 * @param checked kinds for which there were enough numbers; empty without a ledger
 */
public record TrainingChecks(List<TrainingWarning> warnings, Set<Kind> checked) {
    /** Of a training without a ledger. */
    public static final TrainingChecks NONE = new TrainingChecks(List.of(), Set.of());

    public TrainingChecks {
        warnings = List.copyOf(warnings);
        checked = Set.copyOf(checked);
    }

    /**
     * Reads them beside a ledger. A ledger that cannot be read gives {@link #NONE}, because a report must not fail
     * because of it.
     *
     * @param file the ledger
     * @param adapter whether the training made an adapter
     */
    static TrainingChecks read(Path file, boolean adapter) {
        try {
            TrainingLedger ledger = TrainingLedger.read(file);
            Watchdog watchdog = new Watchdog(ledger.lines().size(), 0, null);
            ledger.lines().forEach(line -> watchdog.replay(line.signals()));
            Set<Kind> checked = EnumSet.noneOf(Kind.class);
            checked.addAll(watchdog.checked(adapter));
            return new TrainingChecks(WarningsFile.read(Objects.requireNonNull(file.getParent())), checked);
        } catch (IOException | IllegalStateException unreadable) {
            return NONE;
        }
    }

    /** One line for each kind of warning; empty without a ledger. */
    public List<SummaryLine> lines() {
        return warnings.isEmpty() && checked.isEmpty()
                ? List.of()
                : Arrays.stream(Kind.values())
                        .map(kind -> new SummaryLine(kind.words(), words(kind)))
                        .toList();
    }

    private String words(Kind kind) {
        String found = warnings.stream()
                .filter(warning -> warning.kind() == kind)
                .map(TrainingWarning::line)
                .collect(Collectors.joining("; "));
        return found.isEmpty() ? checked.contains(kind) ? "no warning" : "not measured" : found;
    }
}
