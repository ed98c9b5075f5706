package dev.septet.workers.cli.schedule;

import dev.septet.workers.schedule.NextStarts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the next starts of a schedule. */
public final class StartsText {
    private StartsText() {}

    /** The lines, the first of which has a label. */
    public static List<String> of(String label, NextStarts next) {
        List<String> lines = new ArrayList<>();
        lines.add(label + next.rule() + " in " + next.timezone());
        String margin = " ".repeat(label.length());
        for (NextStarts.Start start : next.starts()) {
            lines.add(String.format(Locale.ROOT, "%s%s  %s", margin, start.local(), start.utc()));
        }
        next.notes().forEach(note -> lines.add(margin + note));
        return lines;
    }
}
