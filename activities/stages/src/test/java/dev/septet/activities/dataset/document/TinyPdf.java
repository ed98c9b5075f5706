package dev.septet.activities.dataset.document;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;

/** PDF files of a few lines. */
public final class TinyPdf {
    private TinyPdf() {}

    /** A file with these pages. */
    public static byte[] of(String... pages) throws IOException {
        try (PDDocument document = pages(pages)) {
            return bytes(document);
        }
    }

    static byte[] encrypted(String password, String... pages) throws IOException {
        try (PDDocument document = pages(pages)) {
            StandardProtectionPolicy policy = new StandardProtectionPolicy("owner", password, new AccessPermission());
            policy.setEncryptionKeyLength(128);
            document.protect(policy);
            return bytes(document);
        }
    }

    /** A page whose content expands to a size in bytes. */
    static byte[] bomb(long size) throws IOException {
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage();
            page.setResources(new PDResources());
            PDStream content = new PDStream(document);
            byte[] block = "[(x)] TJ\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
            try (OutputStream out = content.createOutputStream(COSName.FLATE_DECODE)) {
                for (long written = 0; written < size; written += block.length) {
                    out.write(block);
                }
            }
            page.setContents(content);
            document.addPage(page);
            return bytes(document);
        }
    }

    private static PDDocument pages(String... pages) throws IOException {
        PDDocument document = new PDDocument();
        PDFont font = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
        for (String text : List.of(pages)) {
            PDPage page = new PDPage();
            document.addPage(page);
            try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(font, 12);
                content.setLeading(14);
                content.newLineAtOffset(72, 700);
                for (String line : text.split("\n", -1)) {
                    if (!line.isEmpty()) {
                        content.showText(line);
                    }
                    content.newLine();
                }
                content.endText();
            }
        }
        return document;
    }

    private static byte[] bytes(PDDocument document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        document.save(out);
        return out.toByteArray();
    }
}
