package dev.septet.activities.dataset.document;

import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.fontbox.FontBoxFont;
import org.apache.fontbox.ttf.OpenTypeFont;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.pdmodel.font.CIDFontMapping;
import org.apache.pdfbox.pdmodel.font.FontMapper;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.apache.pdfbox.pdmodel.font.FontMapping;
import org.apache.pdfbox.pdmodel.font.PDCIDSystemInfo;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;

/** The text of a PDF file, page by page. Used in a child process only. */
final class PdfText {
    /** The largest number of pages. */
    static final int MAX_PAGES = 20_000;

    /** The largest size of a page's content in bytes. */
    static final long MAX_CONTENT = 64_000_000;

    /** PDFBox's own font, which is the same on every machine. */
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    private PdfText() {}

    /** Receives the text of each page. */
    @FunctionalInterface
    interface Pages {
        void page(int number, String text) throws IOException;
    }

    /** Replaces the search for the machine's fonts, whose result differs between machines. */
    static void prepare() throws IOException {
        try (InputStream in = Objects.requireNonNull(PDDocument.class.getResourceAsStream(FONT))) {
            FontMappers.set(new OneFont(new TTFParser().parse(new RandomAccessReadBuffer(in))));
        }
    }

    /**
     * Writes the text of each page.
     *
     * @throws UnreadableDocument when the file is damaged, encrypted, or has too many pages
     */
    static void write(Path file, Pages pages) throws IOException {
        try (PDDocument document = Loader.loadPDF(file.toFile(), "", IOUtils.createMemoryOnlyStreamCache())) {
            if (document.isEncrypted()) {
                throw encrypted();
            }
            int count = document.getNumberOfPages();
            if (count > MAX_PAGES) {
                throw new UnreadableDocument(
                        PublicText.of("has %,d pages, expected at most %,d; divide the document", count, MAX_PAGES));
            }
            for (int page = 1; page <= count; page++) {
                checkContent(document, page);
                pages.page(page, text(document, page));
            }
        } catch (InvalidPasswordException e) {
            throw encrypted();
        } catch (UnreadableDocument e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new UnreadableDocument(
                    PublicText.of("is not a PDF file that can be read; it is damaged, or has another format"));
        }
    }

    /** Expands a page's content first, because its interpretation takes far longer. */
    private static void checkContent(PDDocument document, int page) throws IOException {
        long bytes = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream content = document.getPage(page - 1).getContents()) {
            for (int read = 0; read >= 0 && bytes <= MAX_CONTENT; read = content.read(buffer)) {
                bytes += read;
            }
        }
        if (bytes > MAX_CONTENT) {
            throw new UnreadableDocument(
                    page, PublicText.of("page %,d expands to more than %,d bytes", page, MAX_CONTENT));
        }
    }

    private static String text(PDDocument document, int page) throws UnreadableDocument {
        StringWriter text = new StringWriter();
        try {
            PDFTextStripper stripper = new PDFTextStripper();
            stripper.setSortByPosition(true);
            stripper.setLineSeparator("\n");
            stripper.setParagraphEnd("\n");
            stripper.setStartPage(page);
            stripper.setEndPage(page);
            stripper.writeText(document, text);
            return text.toString();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableDocument(page, PublicText.of("page %,d is damaged", page));
        }
    }

    private static UnreadableDocument encrypted() {
        return new UnreadableDocument(PublicText.of("is encrypted; save a copy without encryption"));
    }

    /** Uses one font for every font that a file does not contain. Widths come from the file. */
    private record OneFont(TrueTypeFont font) implements FontMapper {
        @Override
        public FontMapping<TrueTypeFont> getTrueTypeFont(String name, @Nullable PDFontDescriptor descriptor) {
            return new FontMapping<>(font, true);
        }

        @Override
        public FontMapping<FontBoxFont> getFontBoxFont(String name, @Nullable PDFontDescriptor descriptor) {
            return new FontMapping<>(font, true);
        }

        @Override
        @SuppressWarnings("NullAway") // PDFBox's own class takes null for a font without CFF outlines
        public CIDFontMapping getCIDFont(
                String name, @Nullable PDFontDescriptor descriptor, @Nullable PDCIDSystemInfo system) {
            OpenTypeFont none = null;
            return new CIDFontMapping(none, font, true);
        }
    }
}
