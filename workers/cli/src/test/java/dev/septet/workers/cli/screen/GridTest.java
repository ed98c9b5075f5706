package dev.septet.workers.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GridTest {
    private static final String SGR = "\u001b\\[[0-9;]*m";

    @Test
    void isAsWideAsItsText() {
        String table = new Grid(Screen.PLAIN, "run", "score")
                .right(1)
                .row("a", "0.5")
                .row("longer", "10.25")
                .text();

        assertThat(table).isEqualTo("""
             run    | score
            --------+-------
             a      |   0.5
             longer | 10.25\
            """);
    }

    @Test
    void breaksTheWidestColumnWhereItWouldBeTooWide() {
        Screen narrow = new Screen(40, false);
        String table = new Grid(narrow, "stage", "", "state")
                .row("prepare", "240 train rows and 30 validation rows", "done")
                .text();

        assertThat(table).isEqualTo("""
             stage   |                      | state
            ---------+----------------------+-------
             prepare | 240 train rows and   | done
                     | 30 validation rows   |\
            """);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120, 160})
    void fitsEveryScreenWhateverItsText(int columns) {
        Random random = new Random(columns);
        for (int sample = 0; sample < 50; sample++) {
            Grid grid = new Grid(new Screen(columns, false), "a", "b", "c", "d", "e");
            for (int row = 0; row < 4; row++) {
                String[] cells = new String[5];
                for (int cell = 0; cell < cells.length; cell++) {
                    cells[cell] = ("x".repeat(random.nextInt(30)) + " ").repeat(random.nextInt(6));
                }
                grid.row(cells);
            }
            assertThat(grid.text().lines()).allMatch(line -> line.length() <= columns);
        }
    }

    @Test
    void coloursChangeNothingButColours() {
        Grid plain = table(new Screen(80, false));
        Grid coloured = table(new Screen(80, true));

        assertThat(coloured.text()).contains("\u001b[32mcompleted\u001b[0m");
        assertThat(plain.text()).doesNotContain("\u001b");
        assertThat(coloured.text().replaceAll(SGR, "")).isEqualTo(plain.text());
    }

    @Test
    void noTextOfAStrangerSteersTheTerminal() {
        String hostile = "a\u001b]0;owned\u0007b\u202ec\rd\u009be\u0000f\u2028g";

        assertThat(new Grid(Screen.PLAIN, "run").row(hostile).text())
                .endsWith(" a<U+001B>]0;owned<U+0007>b<U+202E>c<U+000D>d<U+009B>e<U+0000>f<U+2028>g");
    }

    @Test
    void colourNeedsATerminalThatUnderstandsAndAPersonWhoWantsIt() {
        Map<String, String> usual = Map.of("TERM", "xterm-256color");
        assertThat(Screen.of("120", true, usual)).isEqualTo(new Screen(120, true));
        assertThat(Screen.of("120", false, usual)).isEqualTo(new Screen(120, false));
        assertThat(Screen.of("120", true, Map.of("NO_COLOR", "1")).colour()).isFalse();
        assertThat(Screen.of("120", true, Map.of("TERM", "dumb")).colour()).isFalse();
        assertThat(Screen.of("", true, usual)).isEqualTo(Screen.PLAIN);
        assertThat(Screen.of("0", true, usual)).isEqualTo(Screen.PLAIN);
        assertThat(Screen.of("7", true, usual).columns()).isEqualTo(40);
    }

    private static Grid table(Screen screen) {
        return new Grid(screen, "run", "state")
                .row(Grid.Cell.of("x"), new Grid.Cell("completed", Style.GOOD))
                .row(Grid.Cell.of("longer"), new Grid.Cell("no", Style.BAD));
    }
}
