package dev.septet.workers.cli.screen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** A table that fits its screen. When it is too wide, the text of the widest columns is wrapped. */
public final class Grid {
    private static final String GAP = " | ";
    private static final int NARROWEST = 6;

    private final Screen screen;
    private final List<String> header;
    private final List<List<Cell>> rows = new ArrayList<>();
    private final BitSet right = new BitSet();

    public Grid(Screen screen, String... header) {
        this.screen = screen;
        this.header = List.of(header);
    }

    /** A text with its style. */
    public record Cell(String text, Style style) {
        public Cell {
            text = Screen.plain(text);
        }

        public static Cell of(String text) {
            return new Cell(text, Style.PLAIN);
        }
    }

    /** Right-aligns these columns; columns are counted from 0. */
    public Grid right(int... columns) {
        Arrays.stream(columns).forEach(right::set);
        return this;
    }

    /** Adds a row without styles. */
    public Grid row(String... texts) {
        return row(Arrays.stream(texts).map(Cell::of).toArray(Cell[]::new));
    }

    /** Adds a row. */
    public Grid row(Cell... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The table as text, without a line break at its end. */
    public String text() {
        int[] widths = widths();
        List<String> lines = new ArrayList<>();
        lines.addAll(lines(
                header.stream().map(name -> new Cell(name, Style.STRONG)).toList(), widths));
        List<String> rules = new ArrayList<>();
        for (int width : widths) {
            rules.add("-".repeat(width));
        }
        lines.add("-" + String.join("-+-", rules) + "-");
        rows.forEach(row -> lines.addAll(lines(row, widths)));
        return String.join("\n", lines);
    }

    private int[] widths() {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            for (List<Cell> row : rows) {
                int longest = row.get(column)
                        .text()
                        .lines()
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
                widths[column] = Math.max(widths[column], longest);
            }
        }
        int max = screen.columns() - 2 - GAP.length() * (widths.length - 1);
        while (Arrays.stream(widths).sum() > max) {
            int widest = 0;
            for (int column = 1; column < widths.length; column++) {
                widest = widths[column] > widths[widest] ? column : widest;
            }
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private List<String> lines(List<Cell> row, int[] widths) {
        List<List<String>> broken = new ArrayList<>();
        int height = 1;
        for (int column = 0; column < widths.length; column++) {
            List<String> cell = Wrap.of(row.get(column).text(), widths[column]);
            broken.add(cell);
            height = Math.max(height, cell.size());
        }
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < height; at++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                List<String> cell = broken.get(column);
                String text = at < cell.size() ? cell.get(at) : "";
                String space = " ".repeat(widths[column] - text.length());
                String painted = screen.paint(row.get(column).style(), text);
                line.append(column == 0 ? " " : GAP).append(right.get(column) ? space + painted : painted + space);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
