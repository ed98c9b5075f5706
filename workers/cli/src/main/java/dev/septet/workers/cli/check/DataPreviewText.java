package dev.septet.workers.cli.check;

import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.duplicate.LeakageCheck;
import dev.septet.activities.prepare.label.LabelTable;
import dev.septet.activities.prepare.split.LowData;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The output of {@code septet plan} for a dataset that no run has prepared. */
public final class DataPreviewText {
    private static final String INDENT = " ".repeat(9);

    private DataPreviewText() {}

    /** The lines of a preview. */
    public static List<String> of(DatasetPreview data) {
        List<String> lines = new ArrayList<>();
        DatasetCard.Source source = data.source();
        lines.add(line(
                "Data     %s: %s, format %s, decided by %s",
                PublicText.file(source.file()), data.layout(), source.format(), data.decidedBy()));
        lines.add(INDENT + read(data));
        lines.add(INDENT + counts(data.rows()));
        if (!data.whole() && data.rows().nearDuplicates() > 0) {
            lines.add(INDENT + "the whole file may have more near-duplicates: a sample compares only its own rows");
        }
        LeakageCheck.Counts leakage = data.leakage();
        if (leakage != null && leakage.all() > 0) {
            lines.add(line(
                    "%s%,d near-duplicates of a row in another split, %s",
                    INDENT, leakage.all(), leakage.removed() > 0 ? "left out" : "which stay"));
            leakage.examples().forEach(pair -> lines.add(INDENT + "similar: " + PublicText.file(pair)));
        }
        if (data.longRows() > 0) {
            lines.add(line("%s%,d longer than maxTokens %d", INDENT, data.longRows(), data.maxTokens()));
        }
        long bad = data.scaled(data.rows().quarantined());
        if (bad > data.maxBadRows()) {
            lines.add(line(
                    "%sthe whole file may have about %,d bad rows, allowed are %,d: a run" + " would fail",
                    INDENT, bad, data.maxBadRows()));
        }
        data.firstBadRows().forEach(row -> lines.add(INDENT + "bad: " + row));
        if (data.rows().quarantined() > data.firstBadRows().size()) {
            lines.add(INDENT + "and more bad rows");
        }
        labels(data.labels(), lines);
        DatasetPreview.Tokens tokens = data.tokens();
        String approximately = data.whole() ? "" : "about ";
        lines.add(
                tokens == null
                        ? "Tokens   not known before the base model is downloaded"
                        : line(
                                "Tokens   %s%,d; per row: median %,d, 95th percentile %,d, longest" + " %s%,d",
                                approximately,
                                tokens.total(),
                                tokens.median(),
                                tokens.percentile95(),
                                data.whole() ? "" : "read ",
                                tokens.longest()));
        lines.add(line(
                "Split    %s%,d train, %,d validation, %,d test rows",
                approximately,
                data.splits().train(),
                data.splits().validation(),
                data.splits().test()));
        Integer folds = data.folds();
        if (folds != null) {
            lines.add(line(
                    "Folds    %d further trainings and evaluations before it, each tested with %,d other rows",
                    folds, data.scaled(data.rows().kept()) / folds));
        } else if (data.whole()) {
            LowData.ofTest(data.splits().test())
                    .ifPresent(few -> lines.add(INDENT + few + "; add rows, or write `split folds: 5`"));
        }
        if (data.whole()) {
            LowData.ofValidation(data.splits().validation()).ifPresent(few -> lines.add(INDENT + few));
        }
        return lines;
    }

    private static void labels(@Nullable LabelTable table, List<String> lines) {
        if (table == null) {
            return;
        }
        long given = table.labels().values().stream().mapToLong(Long::longValue).sum();
        lines.add(line(
                "Labels   %s: %,d of %,d rows; %,d without a vote, %,d undecided, %,d with different votes",
                table.on(), given, table.rows(), table.withoutVote(), table.undecided(), table.conflicts()));
        LabelTable.Gold gold = table.gold();
        if (gold != null) {
            lines.add(line(
                    "%s%s of %,d labels right by gold, %s by majority",
                    INDENT, percent(gold.accuracy()), gold.labelled(), percent(gold.majorityAccuracy())));
        }
        for (LabelTable.Function each : table.functions()) {
            lines.add(line(
                    "%s%s (%s): votes for %s of the rows, %s overlap, %s conflict%s%s",
                    INDENT,
                    each.name(),
                    each.label(),
                    percent(each.coverage()),
                    percent(each.overlaps()),
                    percent(each.conflicts()),
                    each.estimated() == null ? "" : "; right: about " + percent(each.estimated()),
                    each.gold() == null ? "" : ", by gold " + percent(each.gold())));
        }
    }

    private static String percent(double share) {
        return line("%.1f %%", 100 * share);
    }

    private static String read(DatasetPreview data) {
        return data.whole()
                ? line("%,d rows, all read", data.rowsInFile())
                : line("a sample of %,d of %,d rows read", data.rows().read(), data.rowsInFile());
    }

    private static String counts(DatasetCard.Rows rows) {
        StringBuilder text = new StringBuilder(line("of these %,d kept", rows.kept()));
        add(text, rows.truncated(), "of them cut at maxTokens");
        add(text, rows.quarantined(), "bad");
        add(text, rows.droppedLong(), "dropped as longer than maxTokens");
        add(text, rows.duplicates(), "duplicates");
        add(text, rows.filtered(), "left out by `filter`");
        rows.removed().forEach((step, count) -> add(text, count, step));
        add(text, rows.dropped(), "dropped for personal data");
        return text.toString();
    }

    private static void add(StringBuilder text, long count, String what) {
        if (count > 0) {
            text.append(line(", %,d %s", count, what));
        }
    }

    private static String line(String format, Object... parts) {
        return String.format(Locale.ROOT, format, parts);
    }
}
