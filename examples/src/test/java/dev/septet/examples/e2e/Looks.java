package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What every page that Septet makes looks like. */
final class Looks {
    private Looks() {}

    /**
     * The page that the browser is at fits a phone and a laptop and can be read, in light and in
     * dark colours. Pictures for people are left in {@code target/looks}.
     *
     * @param name of the page, for messages and pictures
     */
    static void good(Browser browser, String name) throws IOException {
        Path pictures = Files.createDirectories(Path.of("target/looks"));
        for (int width : new int[] {Browser.PHONE, Browser.LAPTOP}) {
            for (boolean dark : new boolean[] {false, true}) {
                String where = String.format(Locale.ROOT, "%s-%d-%s", name, width, dark ? "dark" : "light");
                browser.show(width, dark).picture(pictures.resolve(where + ".png"));
                assertThat(browser.overflow())
                        .as("%s is wider than the screen", where)
                        .isZero();
                assertThat(browser.faint(Browser.READABLE))
                        .as("%s: contrast", where)
                        .isEmpty();
            }
        }
    }
}
