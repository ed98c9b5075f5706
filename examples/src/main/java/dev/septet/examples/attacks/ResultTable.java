package dev.septet.examples.attacks;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** The Markdown table of a run's results. */
final class ResultTable {
    private ResultTable() {}

    /** The results of one kind. */
    record Line(String kind, String entry, AttackTally tally) {}

    static String text(Instant date, long seed, Duration time, List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, """
                %s, seed %d, %s for each kind, a heap of %d MB.

                | kind | opened by | inputs | accepted | refused | slowest | findings |
                | --- | --- | --- | --- | --- | --- | --- |
                """, date.atZone(ZoneOffset.UTC).toLocalDate(), seed, minutes(time), FuzzProcess.HEAP));
        for (Line line : lines) {
            AttackTally tally = line.tally();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,d | %,d | %,d | %.1f s | %d |%n",
                    line.kind(),
                    line.entry(),
                    tally.inputs(),
                    tally.accepted(),
                    tally.refused(),
                    tally.slowest() / 1000.0,
                    tally.findings()));
        }
        return text.toString();
    }

    private static String minutes(Duration time) {
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " minutes" : time.toSeconds() + " seconds";
    }
}
