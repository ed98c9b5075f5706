package dev.septet.examples.e2e;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.openqa.selenium.print.PrintOptions;

/**
 * What Chromium prints of the page that it is at.
 *
 * @param count number of pages
 * @param beyondTheMargin pieces of text that end outside of the paper's printable width
 * @param smallest size of the smallest text in points
 * @param darkest number of corners of pages that are not white
 */
record PrintedPages(int count, String text, List<String> beyondTheMargin, double smallest, int darkest) {
    /** The margin is 12 mm, which is 34 points. */
    private static final double MARGIN = 30;

    /** Prints; a copy of the PDF is left in {@code target/looks} for people. */
    static PrintedPages of(Browser browser, String name) throws IOException {
        byte[] pdf = Base64.getDecoder()
                .decode(browser.driver().print(new PrintOptions()).getContent());
        Files.write(Files.createDirectories(Path.of("target/looks")).resolve(name + ".pdf"), pdf);
        try (PDDocument document = Loader.loadPDF(pdf)) {
            Positions positions = new Positions();
            StringWriter text = new StringWriter();
            positions.writeText(document, text);
            int dark = 0;
            for (int page = 0; page < document.getNumberOfPages(); page++) {
                BufferedImage picture = new PDFRenderer(document).renderImage(page, 0.25f);
                dark += (picture.getRGB(1, 1) & 0xffffff) == 0xffffff ? 0 : 1;
            }
            return new PrintedPages(
                    document.getNumberOfPages(),
                    text.toString().replaceAll("\\s+", " "),
                    positions.beyond,
                    positions.smallest,
                    dark);
        }
    }

    private static final class Positions extends PDFTextStripper {
        private final List<String> beyond = new ArrayList<>();
        private double smallest = Double.MAX_VALUE;

        @Override
        protected void writeString(String text, List<TextPosition> positions) throws IOException {
            for (TextPosition at : positions) {
                double right = getCurrentPage().getMediaBox().getWidth() - MARGIN;
                if (at.getXDirAdj() < MARGIN || at.getXDirAdj() + at.getWidthDirAdj() > right) {
                    beyond.add(text);
                    break;
                }
                smallest = Math.min(smallest, at.getFontSizeInPt());
            }
            super.writeString(text, positions);
        }
    }
}
