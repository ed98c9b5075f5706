package dev.septet.workers.cli.compare;

import dev.septet.activities.evaluate.comparison.ComparedRun;
import dev.septet.activities.evaluate.comparison.ComparisonWords;
import dev.septet.activities.evaluate.comparison.Contrast;
import dev.septet.activities.evaluate.comparison.MeasuredValue;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.activities.evaluate.comparison.RunComparison;
import dev.septet.activities.evaluate.comparison.SpecChanges;
import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A comparison as tables. Runs have letters, because their names can be long. */
final class ComparisonText {
    private final RunComparison comparison;
    private final Screen screen;
    private final List<String> text = new ArrayList<>();

    private ComparisonText(RunComparison comparison, Screen screen) {
        this.comparison = comparison;
        this.screen = screen;
    }

    static List<String> of(RunComparison comparison, Screen screen) {
        ComparisonText tables = new ComparisonText(comparison, screen);
        tables.runs();
        tables.values();
        tables.differences();
        tables.gate();
        tables.facts();
        tables.changes();
        return tables.text;
    }

    private void runs() {
        Grid grid = new Grid(screen, "", "run", "verdict", "read from");
        for (int run = 0; run < comparison.runs().size(); run++) {
            ComparedRun each = comparison.runs().get(run);
            Verdict verdict = each.results().verdict();
            String word = verdict == null ? "-" : verdict.name();
            grid.row(
                    Grid.Cell.of(letter(run)),
                    Grid.Cell.of(each.name() + (run == comparison.baseline() ? " (baseline)" : "")),
                    new Grid.Cell(word, StateWords.style(word)),
                    Grid.Cell.of(each.source()));
        }
        add(grid);
    }

    /** One row for each measure, with the value of each run; {@code *} marks the best. */
    private void values() {
        String[] header = new String[2 + comparison.runs().size()];
        header[0] = "measure";
        header[1] = "rows";
        for (int run = 0; run < comparison.runs().size(); run++) {
            header[2 + run] = letter(run) + " (95 %)";
        }
        Grid grid =
                new Grid(screen, header).right(IntStream.range(1, header.length).toArray());
        boolean best = false;
        for (RunComparison.Line line : comparison.rows()) {
            Grid.Cell[] cells = new Grid.Cell[header.length];
            cells[0] = Grid.Cell.of(ComparisonWords.title(line));
            cells[1] = Grid.Cell.of(ComparisonWords.rows(line));
            for (int run = 0; run < comparison.runs().size(); run++) {
                MeasuredValue value = line.values().get(run);
                boolean marked = Integer.valueOf(run).equals(line.best());
                best |= marked;
                cells[2 + run] = new Grid.Cell(
                        ((marked ? "* " : "") + ComparisonWords.value(value) + "\n" + ComparisonWords.range(value))
                                .strip(),
                        marked ? Style.GOOD : Style.PLAIN);
            }
            grid.row(cells);
        }
        title("Values");
        add(grid);
        text.add(best ? "* " + ComparisonWords.BEST : ComparisonWords.NO_BEST);
    }

    private void differences() {
        String header = "- " + letter(comparison.baseline()) + " (95 %)";
        Grid grid = new Grid(screen, "measure", "run", header, "p", "how").right(2, 3);
        boolean any = false;
        for (RunComparison.Line line : comparison.rows()) {
            for (Contrast contrast : line.contrasts()) {
                any = true;
                grid.row(
                        Grid.Cell.of(ComparisonWords.title(line)),
                        Grid.Cell.of(letter(contrast.second())),
                        Grid.Cell.of(ComparisonWords.difference(contrast).replaceFirst(" \\(", "\n(")),
                        Grid.Cell.of(ComparisonWords.p(contrast)),
                        new Grid.Cell(ComparisonWords.how(contrast), contrast.comparable() ? Style.PLAIN : Style.WARN));
            }
        }
        title("Differences from %s".formatted(letter(comparison.baseline())));
        if (any) {
            add(grid);
            text.add(ComparisonWords.caution(comparison));
        } else {
            text.add("No value was measured in the baseline and in another run.");
        }
    }

    private void gate() {
        title("Gate");
        boolean any = false;
        for (int run = 0; run < comparison.runs().size(); run++) {
            for (ResultsFile.GateLine line :
                    comparison.runs().get(run).results().gate()) {
                if (!line.verdict().equals(Verdict.GO.name())) {
                    any = true;
                    text.add("%s  %s: %s".formatted(letter(run), line.verdict(), line.why()));
                }
            }
        }
        if (!any) {
            text.add("Every check of every run holds.");
        }
    }

    private void facts() {
        String[] header = new String[1 + comparison.runs().size()];
        header[0] = "recorded";
        for (int run = 0; run < comparison.runs().size(); run++) {
            header[1 + run] = letter(run);
        }
        Grid grid = new Grid(screen, header);
        List<String> same = new ArrayList<>();
        boolean any = false;
        for (RunComparison.Fact fact : comparison.facts()) {
            if (!fact.differs()) {
                same.add("%s %s"
                        .formatted(
                                fact.name(), ComparisonWords.fact(fact.values().get(0))));
                continue;
            }
            any = true;
            String[] cells = new String[header.length];
            cells[0] = fact.name();
            for (int run = 0; run < fact.values().size(); run++) {
                cells[1 + run] = ComparisonWords.fact(fact.values().get(run));
            }
            grid.row(cells);
        }
        title("Data, training, time, size and cost");
        if (any) {
            add(grid);
        }
        if (!same.isEmpty()) {
            text.add("The same in all runs: " + String.join(", ", same));
        }
        ComparisonWords.missing(comparison).forEach(text::add);
    }

    private void changes() {
        for (SpecChanges changes : comparison.changes()) {
            title("Pipeline file of %s, compared with %s"
                    .formatted(letter(changes.run()), letter(comparison.baseline())));
            if (!changes.changes().isEmpty()) {
                Grid grid = new Grid(screen, "setting", letter(comparison.baseline()), letter(changes.run()));
                for (SpecDiff.Change change : changes.changes()) {
                    grid.row(change.path(), set(change.before()), set(change.after()));
                }
                add(grid);
            } else {
                text.add(ComparisonWords.changes(changes));
            }
        }
    }

    private static String set(String value) {
        return value.isEmpty() ? "not set" : value;
    }

    private static String letter(int run) {
        return ComparisonWords.letter(run);
    }

    private void title(String title) {
        text.add("");
        text.add(screen.paint(Style.STRONG, Screen.plain(title)));
    }

    private void add(Grid grid) {
        text.add(grid.text());
    }
}
