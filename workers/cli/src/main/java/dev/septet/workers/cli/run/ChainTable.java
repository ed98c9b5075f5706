package dev.septet.workers.cli.run;

import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Prints the steps of a verification chain, one line each: the number of checks, and the check
 * closest to its bound.
 */
public final class ChainTable {
    private ChainTable() {}

    public static String of(Screen screen, ChainReport chain) {
        Grid grid =
                new Grid(screen, "chain", "checks", "closest to its bound", "measured", "allowed", "").right(1, 3, 4);
        for (ChainLink link : ChainLink.values()) {
            List<ChainCheck> checks = chain.checks().stream()
                    .filter(check -> check.link() == link)
                    .toList();
            Optional<ChainCheck> closest = checks.stream().max(Comparator.comparingDouble(ChainTable::closeness));
            closest.ifPresent(check -> grid.row(
                    Grid.Cell.of(link.word()),
                    Grid.Cell.of(Integer.toString(checks.size())),
                    Grid.Cell.of(check.measure()),
                    Grid.Cell.of(ChainCheck.number(check.measured())),
                    Grid.Cell.of(check.bounded()),
                    Grid.Cell.of(check.holds() ? "proved" : "broken")));
        }
        return grid.text();
    }

    /** How close a check is to its bound: near 1 when it barely holds, 0 for a count of zero. */
    private static double closeness(ChainCheck check) {
        if (!check.holds()) {
            return Double.MAX_VALUE;
        }
        if (check.atLeast()) {
            return check.bound() == 1 ? 0 : check.bound() / check.measured();
        }
        return check.bound() == 0 ? 0 : check.measured() / check.bound();
    }
}
